// SPDX-License-Identifier: MIT
// workers.mjs - the programs of a site as the kernel sees them.
import { readdir, readFile, readlink } from 'node:fs/promises'
import { basename, join } from 'node:path'

// Those that the kernel tells about: not of others, not what has just ended.
const unless = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM']
async function quietly (look) {
  try {
    return await look()
  } catch (error) {
    if (!unless.includes(error.code)) throw error
  }
}

/** Its processes: [{pid, program, fds, memory_kb}], fds as what they lead to. */
export async function workersOf (site) {
  const folder = join(site.values.STATE, 'usr/libexec/')
  const all = await Promise.all((await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(pid => quietly(async () => {
    const path = await readlink(`/proc/${pid}/exe`)
    if (!path.startsWith(folder)) return
    const names = await readdir(`/proc/${pid}/fd`)
    const fds = await Promise.all(names.map(name => quietly(() => readlink(`/proc/${pid}/fd/${name}`))))
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    return {
      pid: Number(pid),
      program: basename(path),
      fds: fds.filter(Boolean),
      memory_kb: Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1])
    }
  })))
  return all.filter(Boolean)
}
