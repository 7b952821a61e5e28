// SPDX-License-Identifier: MIT
// attacks.mjs - "make check-attacks": the table of attacks in tests/README.md,
// tried on the web servers that are its arguments. A row says on which of them
// its case is tried; the files of those rows run, and each of those cases must
// have been withstood there, not skipped. ATTACK_FOLDERS, of the environment,
// are the folders of tests/ whose files run.
import { readFile } from 'node:fs/promises'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'

const root = new URL('../', import.meta.url)
const folders = (process.env.ATTACK_FOLDERS || 'http clients').split(' ')
const pathOf = file => new URL(file, root).pathname

// What site.sh calls them, where the table has another name.
const siteFront = { mod_fcgid: 'apache' }

/** The rows of the table: {number, file, name (of the test), fronts}. */
async function readAttacks () {
  const row = /^\| (\d+) \| .+ \| (\S+) \| (.+) \| (.+) \|$/gm
  return [...(await readFile(new URL('README.md', root), 'utf8')).matchAll(row)].map(([, number, file, name, fronts]) => (
    { number, file, name: name.replaceAll("\\'", "'"), fronts: fronts.split(', ') }))
}

const key = (path, name) => `${path}: ${name}`

/** Run files behind a front; {held: the tests that passed and were not skipped, failed}. */
async function tryOn (front, files) {
  process.env.SITE_FRONT = siteFront[front] ?? front
  const held = new Set()
  let failed = 0
  const events = run({ files: files.map(pathOf), concurrency: 4 })
  events.on('test:pass', ({ file, name, skip }) => { if (skip === undefined) held.add(key(file, name)) })
  events.on('test:fail', () => { failed++ })
  for await (const text of events.compose(spec)) process.stdout.write(text)
  return { held, failed }
}

/** A line for each row of these that does not say what happened. */
function untrue (front, attacks, held) {
  return attacks.flatMap(({ number, file, name, fronts }) => {
    const says = fronts.includes(front)
    if (says === held.has(key(pathOf(file), name))) return []
    return `tests/README.md row ${number}: ${says ? 'not withstood' : 'withstood, which the row does not say,'} on ${front}: ${file}: ${name}`
  })
}

const attacks = await readAttacks()
for (const front of process.argv.slice(2)) {
  const here = attacks.filter(({ file, fronts }) => fronts.includes(front) && folders.includes(file.split('/')[0]))
  const files = [...new Set(here.map(({ file }) => file))]
  console.log(`${front}: ${here.length} cases in ${files.length} files`)
  const { held, failed } = await tryOn(front, files)
  const lines = untrue(front, attacks.filter(({ file }) => files.includes(file)), held)
  lines.forEach(line => console.log(line))
  if (failed || lines.length || !here.length) process.exitCode = 1
}
