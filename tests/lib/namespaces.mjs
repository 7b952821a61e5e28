// SPDX-License-Identifier: MIT
// namespaces.mjs - machines of their own for servers: network namespaces on a
// bridge, from which each can be cut off as by a pulled cable.
import { execFile } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { promisify } from 'node:util'

const ip = (...args) => promisify(execFile)('ip', args)

/** Why there are none, or false. */
export async function noNamespaces () {
  if (process.getuid() !== 0) return 'network namespaces need root'
  const name = `mcp-oauth-${process.pid}`
  try {
    await ip('netns', 'add', name)
    await ip('netns', 'delete', name)
    return false
  } catch (error) {
    return `no network namespaces here: ${error.message}`
  }
}

/**
 * So many machines on a network of their own, which this one is on too. Each
 * has address, inside (what runs a command there) and vanish().
 */
export async function startMachines (n) {
  const tag = `mo${randomInt(1e6)}`
  const network = `10.${randomInt(64, 128)}.${randomInt(256)}`
  const bridge = `${tag}b`
  await ip('link', 'add', bridge, 'type', 'bridge')
  await ip('address', 'add', `${network}.1/24`, 'dev', bridge)
  await ip('link', 'set', bridge, 'up')
  const machines = []
  for (let i = 0; i < n; i++) {
    const [namespace, cable, address] = [`${tag}n${i}`, `${tag}c${i}`, `${network}.${i + 2}`]
    await ip('netns', 'add', namespace)
    await ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace)
    await ip('-n', namespace, 'address', 'add', `${address}/24`, 'dev', 'eth0')
    await ip('-n', namespace, 'link', 'set', 'lo', 'up')
    await ip('-n', namespace, 'link', 'set', 'eth0', 'up')
    await ip('link', 'set', cable, 'master', bridge, 'up')
    machines.push({ namespace, address, inside: ['ip', 'netns', 'exec', namespace], vanish: () => ip('link', 'set', cable, 'nomaster') })
  }
  return {
    machines,
    async stop () {
      for (const { namespace } of machines) await ip('netns', 'delete', namespace)
      await ip('link', 'delete', bridge)
    }
  }
}
