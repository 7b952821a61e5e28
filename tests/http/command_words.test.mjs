// SPDX-License-Identifier: MIT
// The words of the operator's command: help, options, and what bash completes.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { promisify } from 'node:util'

const program = process.env.BUILD + '/admin/mcp-oauth'
const completion = new URL('../../admin/mcp-oauth.bash-completion', import.meta.url).pathname

// {status, stdout, stderr}
async function run (...args) {
  try {
    return { status: 0, ...await promisify(execFile)(program, args) }
  } catch (error) {
    return { status: error.code, stdout: error.stdout, stderr: error.stderr }
  }
}

async function refused (pattern, ...args) {
  const { status, stdout, stderr } = await run(...args)
  assert.equal(status, 2, stderr)
  assert.equal(stdout, '')
  assert.match(stderr, pattern)
}

// What bash offers after these words, the last of which may be half typed.
async function completed (...words) {
  const script = `. ${completion}
    compopt() { :; }
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _mcp_oauth "$1" && printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout } = await promisify(execFile)('bash', ['-c', script, 'bash', program, ...words])
  return stdout.split('\n').filter(Boolean)
}

// Every noun and verb of --help.
async function verbs () {
  const { stdout } = await run('--help')
  return [...stdout.matchAll(/^ {2}(\S+) (\S*) +\S/gm)].map(([, noun, verb]) => [noun, verb].filter(Boolean))
}

test('--help lists verbs, and each tells what it takes', async () => {
  const all = await verbs()
  assert.ok(all.length > 10)
  for (const verb of all) {
    const { status, stdout } = await run(...verb, '--help')
    assert.equal(status, 0)
    assert.ok(stdout.startsWith(`usage: mcp-oauth ${verb.join(' ')}`), stdout)
    assert.match(stdout, /^ {2}--database URL /m)
    assert.ok(stdout.split('\n').every(line => line.length <= 99), stdout)
    await refused(/^mcp-oauth: no such option: --nonsense\nusage: mcp-oauth /, ...verb, '--nonsense')
  }
  assert.match((await run('user', '--help')).stdout, /^ {2}user add /m)
  assert.match((await run('user', 'add', '-h')).stdout, /^usage: mcp-oauth user add EMAIL \[--name NAME\]/)
  assert.match((await run('--version')).stdout, /^mcp-oauth \d/)
})

test('the manual has every verb, with its options', async () => {
  const manual = await readFile(new URL('../../admin/mcp-oauth.8', import.meta.url), 'utf8')
  const items = manual.split(/^\.It Ic /m)
  for (const verb of await verbs()) {
    const item = items.filter(part => part.startsWith(verb.join(' '))).join('')
    assert.ok(item, `no ${verb.join(' ')}`)
    // A verb may have a section of its own.
    const section = new RegExp(`^\\.Sh ${verb[0].toUpperCase()}\n[^]*?(?=^\\.Sh )`, 'm').exec(manual)
    const text = item + (section ?? '')
    const { stdout } = await run(...verb, '--help')
    for (const [, option] of stdout.matchAll(/^ {2}--(\S+)/gm)) {
      if (['config', 'database', 'help', 'json', 'limit', 'after'].includes(option)) continue
      assert.ok(text.includes(`Fl -${option}`), `no --${option} at ${verb.join(' ')}`)
    }
  }
})

test('wrong words end with 2, and say which are', async () => {
  await refused(/^usage: mcp-oauth .* NOUN/)
  await refused(/no such verb: nonsense\n"mcp-oauth --help"/, 'nonsense')
  await refused(/user has no verb nonsense[^]* {2}user add /, 'user', 'nonsense')
  await refused(/^usage: .* user/, 'user')
  await refused(/an argument is missing: EMAIL\nusage: mcp-oauth user add/, 'user', 'add')
  await refused(/one argument too many: more/, 'user', 'recover', 'a@example.com', 'more')
  await refused(/one argument too many: more/, 'migrate', 'more')
  await refused(/no such option: -x/, 'user', 'add', '-x')
  await refused(/no such option: --nonsense/, '--nonsense', 'user', 'add')
  await refused(/a value is missing after --alg/, 'key', 'generate', '--alg')
  await refused(/--alg is one of RS256\|ES256, not HS256/, 'key', 'generate', '--alg', 'HS256')
  await refused(/takes no value: --dry-run/, 'migrate', '--dry-run=yes')
  await refused(/given twice: --config/, '--config', '/a', 'migrate', '--config=/b')
  await refused(/--name is missing/, 'client', 'add', '--device')
  await refused(/--periods is a number from 0 to 100, not 101/, 'render', '--periods', '101')
  await refused(/exclude each other/, 'migrate', '--print', '--dry-run')
})

test('options stand before and after arguments, and -- ends them', async () => {
  for (const words of [['--database', 'postgresql://nobody@localhost:1/x', 'user', 'recover', 'a@example.com', '--config', '/nowhere'],
    ['--config=/nowhere', 'user', 'recover', '--database=postgresql://nobody@localhost:1/x', '--', 'a@example.com']]) {
    const { status, stderr } = await run(...words)
    assert.equal(status, 1, stderr)
    assert.match(stderr, /\/nowhere/)
  }
  await refused(/one argument too many: --name/, 'user', 'add', 'a@example.com', '--', '--name')
})

test('a database that is away ends with 3', async () => {
  const { status, stderr } = await run('migrate', '--database', 'postgresql://nobody@127.0.0.1:1/x')
  assert.equal(status, 3)
  assert.match(stderr, /^mcp-oauth: .*127\.0\.0\.1/)
})

test('bash completes nouns, verbs, options and their values', async () => {
  const nouns = await completed('')
  assert.deepEqual(nouns, [...new Set((await verbs()).map(([noun]) => noun))])
  assert.deepEqual(await completed('con'), ['config', 'consent'])
  assert.deepEqual(await completed('identity', ''), ['add', 'list', 'remove'])
  assert.deepEqual(await completed('--config', '/x', 'identity', 'l'), ['list'])
  assert.deepEqual(await completed('key', 'generate', '--a'), ['--alg'])
  assert.deepEqual(await completed('key', 'generate', '--alg', ''), ['RS256', 'ES256'])
  assert.deepEqual(await completed('key', 'generate', '--alg', '=', 'E'), ['ES256'])
  assert.deepEqual(await completed('key', 'generate', '--alg', '='), ['RS256', 'ES256'])
  assert.ok((await completed('migrate', '--')).includes('--dry-run'))
  assert.ok((await completed('migrate', '--')).includes('--config'))
  assert.deepEqual(await completed('user', 'add', ''), [])
  assert.deepEqual(await completed('--config', completion.slice(0, -4)), [completion])
})
