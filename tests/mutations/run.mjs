// SPDX-License-Identifier: MIT
// run.mjs - "make check-mutations": break one promise after the other in a copy
// of the sources (table.mjs), build it, and see that the test of that promise
// fails, in its own words and not because nothing started. A mutant that no test
// notices is a failure. ONLY, of the environment, is a regular expression for
// what is broken.
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { mutations } from './table.mjs'

const run = promisify(execFile)
const root = new URL('../..', import.meta.url).pathname
const only = new RegExp(process.env.ONLY || '')
const options = { maxBuffer: 1 << 28 }

/** A copy of the sources and of what was made of them. */
async function copyOfSources () {
  const tree = await mkdtemp('/var/tmp/mcp-oauth-mutants-')
  const { stdout } = await run('git', ['-C', root, 'ls-files', '-co', '--exclude-standard', '-z'], options)
  for (const name of stdout.split('\0').filter(Boolean)) {
    await mkdir(dirname(join(tree, name)), { recursive: true })
    await cp(join(root, name), join(tree, name), { preserveTimestamps: true }).catch(error => { if (error.code !== 'ENOENT') throw error })
  }
  await rm(join(tree, 'tests/node_modules'), { recursive: true, force: true })
  await symlink(join(root, 'tests/node_modules'), join(tree, 'tests/node_modules'))
  // What is built already need not be built again; builds of other kinds lie beside it.
  const others = /^(asan|crash|demo|fuzz|lint|static|mcp-oauth-.*)$/
  for (const name of await readdir(join(root, 'build')).catch(() => [])) {
    if (!others.test(name)) await cp(join(root, 'build', name), join(tree, 'build', name), { recursive: true, preserveTimestamps: true })
  }
  return tree
}

const make = (tree, ...targets) => run('make', ['-C', tree, '-s', `-j${availableParallelism()}`, ...targets], {
  ...options,
  env: { PATH: process.env.PATH, HOME: process.env.HOME }
})

function changed (text, { what, change }) {
  for (const [from, to] of change) {
    if (text.split(from).length !== 2) throw new Error(`${what}: this does not stand there once: ${from}`)
    text = text.replace(from, () => to)
  }
  return text
}

// What a test said, whatever it exits with.
const outputOf = (program, args, env) => run(program, args, { ...options, env: { ...process.env, ...env } })
  .then(({ stdout }) => ({ passed: true, stdout }), ({ stdout }) => ({ passed: false, stdout: stdout ?? '' }))

/** Did the test notice? A reason why not, or nothing. */
async function unnoticed (tree, [file, name]) {
  if (!name) {
    const { passed, stdout } = await outputOf(join(tree, 'build/tests', file), [])
    if (passed) return 'the test passes'
    return /^not ok/m.test(stdout) ? null : `the test says nothing: ${stdout}`
  }
  const pattern = name.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  const { passed, stdout } = await outputOf(process.execPath,
    ['--test', '--test-reporter=tap', `--test-name-pattern=${pattern}`, join(tree, 'tests', file)],
    { BUILD: join(tree, 'build'), NODE: process.execPath })
  if (passed) return 'the test passes'
  // A hook that fails says so; only the test's own failure counts.
  const failures = stdout.split(/^ *(?=not ok )/m).filter(part => part.startsWith('not ok '))
  const own = failures.some(part => part.includes("failureType: 'testCodeFailure'"))
  return own ? null : `not the test's own failure: ${stdout.slice(0, 4000)}`
}

const tree = await copyOfSources()
const survivors = []
try {
  await make(tree, 'all')
  for (const mutation of mutations.filter(({ what }) => only.test(what))) {
    const file = join(tree, mutation.file)
    const before = await readFile(file, 'utf8')
    await writeFile(file, changed(before, mutation))
    await make(tree, mutation.caught.length === 1 ? `build/tests/${mutation.caught[0]}` : 'all')
    const why = await unnoticed(tree, mutation.caught)
    await writeFile(file, before)
    console.log(`${why ? 'SURVIVED' : 'caught'}: ${mutation.what} (${mutation.file}): ${mutation.caught.join(': ')}`)
    if (why) {
      console.log(`  ${why}`)
      survivors.push(mutation.what)
    }
  }
} finally {
  await rm(tree, { recursive: true, force: true })
}
console.log(survivors.length ? `${survivors.length} mutants survived` : 'every mutant was caught')
process.exitCode = survivors.length ? 1 : 0
