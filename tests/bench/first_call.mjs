// SPDX-License-Identifier: MIT
// first_call.mjs - how long it takes from a bare Debian (debootstrap, minbase) to
// the first guarded call of a tool by the MCP SDK: by the package, by the archive
// for shared hosts, and from the sources. ROUNDS of each of WAYS, medians. What is
// built elsewhere, package and archive, is built before.
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { bareDebian, noDebian } from '../lib/debian.mjs'
import { byBundle, byPackage, bySource, callTool, prepareSharedHost } from '../lib/first_call.mjs'
import { freePort } from '../lib/site.mjs'

const { BUILD, ROUNDS, WAYS } = process.env
const project = new URL('../..', import.meta.url).pathname
const seconds = since => (Date.now() - since) / 1000
const made = (dir, pattern) => join(dir, readdirSync(dir).find(name => pattern.test(name)))
const make = target => execFileSync('make', ['-s', '-C', project, `BUILD=${BUILD}`, target], { stdio: ['ignore', 'ignore', 'inherit'] })

// Each resolves to the seconds since it began, at some points, the first call last.
const ways = {
  async package (root, port) {
    const begin = Date.now()
    const site = await byPackage(root, made(join(BUILD, 'deb'), /^mcp-oauth_.*\.deb$/), port)
    await callTool(site)
    return { 'first call': seconds(begin) }
  },
  async bundle (root, port) {
    const begin = Date.now()
    await prepareSharedHost(root, port)
    const prepared = seconds(begin)
    const site = await byBundle(root, made(BUILD, /^mcp-oauth-.*\.tar\.xz$/), join(BUILD, 'static/demo/whoami'), port)
    await callTool(site)
    return { 'the host is there': prepared, 'first call': seconds(begin) }
  },
  async source (root, port) {
    const begin = Date.now()
    const site = await bySource(root, port, (command, said, time) => {
      console.log(`$ ${command}   # ${time.toFixed(0)} s\n${said.trimEnd().split('\n').slice(-12).join('\n')}`)
    })
    await callTool(site)
    const called = seconds(begin)
    await site.stop()
    return { 'first call': called }
  }
}

const median = list => list.sort((a, b) => a - b)[Math.floor((list.length - 1) / 2)]

if (noDebian) throw new Error(`no bare Debian here: ${noDebian}`)
if (WAYS.includes('package')) make('deb')
if (WAYS.includes('bundle')) make('bundle')
for (const way of WAYS.split(' ')) {
  const rounds = []
  for (let i = 0; i < Number(ROUNDS); i++) {
    const root = await bareDebian()
    try {
      rounds.push(await ways[way](root, await freePort()))
    } finally {
      await root.stop()
    }
  }
  for (const part of Object.keys(rounds[0])) console.log(`${way}: ${part}: ${median(rounds.map(one => one[part])).toFixed(1)} s`)
}
