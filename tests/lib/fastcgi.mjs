// SPDX-License-Identifier: MIT
// fastcgi.mjs - a program of ours on a socket, asked as a web server asks it.
import { execFile, spawn } from 'node:child_process'
import { connect } from 'node:net'
import { promisify } from 'node:util'

const run = promisify(execFile)

// Listen on file descriptor 0, as FastCGI wants it, and become the program.
const listener = `
use IO::Socket::INET; use IO::Socket::UNIX; use POSIX ();
my ($where, @program) = @ARGV;
my $s = $where =~ m{^/} ? IO::Socket::UNIX->new(Local => $where, Listen => 5)
  : IO::Socket::INET->new(LocalAddr => $where, Listen => 5, ReuseAddr => 1);
die "no socket: $!" unless $s;
POSIX::dup2(fileno($s), 0);
print "listening\\n"; close STDOUT;
exec @program;`

const record = (type, data) => {
  const head = Buffer.alloc(8)
  head[0] = 1
  head[1] = type
  head[3] = 1
  head.writeUInt16BE(data.length, 4)
  return Buffer.concat([head, data])
}

const pair = (name, value) => {
  const length = text => {
    const long = Buffer.alloc(4)
    long.writeUInt32BE((Buffer.byteLength(text) | 0x80000000) >>> 0)
    return long
  }
  return Buffer.concat([length(name), length(value), Buffer.from(name + value)])
}

const roles = { RESPONDER: 1, AUTHORIZER: 2 }

/** The records of a request with these variables; keep: the connection is to stay. */
export function requestOf (variables, { body = '', role = 'RESPONDER', keep = false } = {}) {
  const params = Object.entries({ REQUEST_METHOD: 'GET', SERVER_PROTOCOL: 'HTTP/1.1', ...variables })
  return Buffer.concat([
    record(1, Buffer.from([0, roles[role], Number(keep), 0, 0, 0, 0, 0])),
    record(4, Buffer.concat(params.map(([name, value]) => pair(name, value)))),
    record(4, Buffer.alloc(0)),
    ...(body ? [record(5, Buffer.from(body))] : []),
    record(5, Buffer.alloc(0))
  ])
}

/** A connection to where a program listens: a path, or host:port. */
export const connection = where => where.startsWith('/')
  ? connect(where)
  : connect(Number(where.split(':')[1]), where.split(':')[0])

/** What makes spawn() run something as user, if one is named and we are root. */
export async function as (user) {
  if (!user || process.getuid() !== 0) return {}
  const id = async option => Number((await run('id', [option, user])).stdout)
  return { uid: await id('-u'), gid: await id('-g') }
}

// Longer than the programs themselves wait for anything, and under valgrind.
const ANSWER_MS = 60000

/**
 * Start program (or it and its arguments) as user, listening where (a path, or
 * host:port). Returns {ask, terminate, ended, stop}; ended resolves to its exit
 * code, or to a signal's name.
 */
export async function startFastcgi (program, where, { user, env }) {
  const child = spawn('perl', ['-e', listener, where].concat(program), { ...await as(user), env: { ...process.env, ...env } })
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve)
    child.once('exit', code => reject(new Error(`${program} ended: ${code}`)))
  })
  let errors = ''
  child.stderr.on('data', data => { errors += data })
  const closed = new Promise(resolve => child.once('close', () => resolve(errors)))
  const ended = new Promise(resolve => child.once('exit', (code, signal) => resolve(signal ?? code)))
  return {
    ended,
    /** Send it SIGTERM, or another signal. */
    terminate: signal => child.kill(signal),
    /** One request with these variables, GET unless they say otherwise; its answer as text. Rejects without one. */
    ask: (variables, options) => new Promise((resolve, reject) => {
      const socket = connection(where)
      const parts = []
      socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error(
        `${program}: no answer to ${variables.REQUEST_URI} within ${ANSWER_MS / 1000} s; it said: ${errors || 'nothing'}`)))
      socket.on('error', reject)
      socket.on('data', data => parts.push(data))
      socket.on('close', () => resolve(output(Buffer.concat(parts))))
      socket.write(requestOf(variables, options))
    }),
    /** End it; what it said on standard error. */
    stop: () => {
      child.kill()
      return closed
    }
  }
}

/** What the records of standard output hold. */
export function output (data) {
  const parts = []
  for (let at = 0; at + 8 <= data.length;) {
    const length = data.readUInt16BE(at + 4)
    if (data[at + 1] === 6) parts.push(data.subarray(at + 8, at + 8 + length))
    at += 8 + length + data[at + 6]
  }
  return Buffer.concat(parts).toString()
}
