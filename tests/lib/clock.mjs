// SPDX-License-Identifier: MIT
// clock.mjs - clocks of a site that a test sets: that of the programs, or that of
// the database.
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Prepare both; {setPrograms(seconds), setDatabase(seconds), startDatabase, stop}:
 * from now on they are that far ahead of this host, behind it with a negative
 * number. Whoever stops the database starts it by this.
 */
export async function startClocks (site) {
  const dir = await mkdtemp('/var/tmp/mcp-oauth-clocks-')
  await chmod(dir, 0o755)
  const library = join(dir, 'fake_clock.so')
  await run('gcc', ['-shared', '-fPIC', '-O1', '-o', library, new URL('fake_clock.c', import.meta.url).pathname])
  const files = { programs: join(dir, 'programs'), database: join(dir, 'database') }
  for (const file of Object.values(files)) await writeFile(file, '0\n')

  // A web server starts programs with an environment of its own making, so each
  // is started by a line that adds to it.
  await site.control('web', 'stop')
  for (const kind of ['cgi-bin', 'guard']) {
    const folder = join(site.values.STATE, 'usr/libexec/mcp-oauth', kind)
    for (const name of await readdir(folder)) {
      await rename(join(folder, name), join(folder, `.${name}`))
      await writeFile(join(folder, name),
        `#!/bin/sh\nLD_PRELOAD=${library} FAKE_CLOCK_FILE=${files.programs} exec ${join(folder, `.${name}`)}\n`, { mode: 0o755 })
    }
  }
  await site.control('web', 'start')
  const startDatabase = async () => {
    Object.assign(site.environment, { LD_PRELOAD: library, FAKE_CLOCK_FILE: files.database })
    try {
      await site.control('database', 'start')
    } finally {
      for (const name of ['LD_PRELOAD', 'FAKE_CLOCK_FILE']) delete site.environment[name]
    }
  }
  await site.control('database', 'stop')
  await startDatabase()
  // Whole at each moment.
  const set = file => async seconds => {
    await writeFile(`${file}.new`, `${seconds}\n`)
    await rename(`${file}.new`, file)
  }
  return {
    setPrograms: set(files.programs),
    setDatabase: set(files.database),
    startDatabase,
    stop: () => rm(dir, { recursive: true })
  }
}
