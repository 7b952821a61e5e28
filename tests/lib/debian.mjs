// SPDX-License-Identifier: MIT
// debian.mjs - a Debian on which nothing is installed yet, as root of processes
// of its own: what somebody does on a new machine can be done in it.
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Shell } from './transcript.mjs'

const run = promisify(execFile)

function whyNone () {
  if (process.getuid() !== 0) return 'only root may'
  if (!existsSync('/usr/sbin/debootstrap')) return 'debootstrap is not installed'
  const { status } = spawnSync('unshare', ['--mount', '--pid', '--fork', 'true'])
  return status !== 0 && 'this machine gives root no namespaces'
}

/** Why there can be none here; false when there can. */
export const noDebian = whyNone()

// What this machine's apt has of Debian itself: [{site, release, component}].
function sources () {
  const text = execFileSync('apt-get', ['indextargets', '--format', '$(SITE) $(RELEASE) $(COMPONENT)', 'Origin: Debian', 'Created-By: Packages'], { encoding: 'utf8' })
  const found = text.trim().split('\n').filter(Boolean).map(line => line.split(' '))
  if (!found.length) throw new Error('apt knows no sources of Debian here: apt-get update')
  return found.map(([site, release, component]) => ({ site, release, component }))
}

// How this machine reaches them: proxies, and what of apt's rules is set.
const aptSettings = () => execFileSync('apt-config', ['dump'], { encoding: 'utf8' }).split('\n')
  .filter(line => /^Acquire::(http|https|ftp|Retries|Check-Valid-Until|Check-Date|Languages)\b/.test(line) && !/ "";$/.test(line)).join('\n')

let bare // made once for all roots of a process

async function makeBare () {
  const dir = await mkdtemp('/var/tmp/mcp-oauth-debian-')
  await chmod(dir, 0o755) // it is "/" to others than root, too
  process.on('exit', () => execFileSync('rm', ['-rf', '--one-file-system', dir]))
  const all = sources()
  const { VERSION_CODENAME: release } = Object.fromEntries(readFileSync('/etc/os-release', 'utf8').split('\n').map(line => line.split('=')))
  const main = all.find(source => source.release === release)
  if (!main) throw new Error(`apt has no source of ${release}`)
  await run('debootstrap', ['--variant=minbase', release, dir, main.site], { maxBuffer: 1 << 26 })
  await writeFile(join(dir, 'etc/apt/sources.list'), all.map(s => `deb ${s.site} ${s.release} ${s.component}\n`).join(''))
  await writeFile(join(dir, 'etc/apt/apt.conf.d/90here'), aptSettings() + '\nAPT::Get::Assume-Yes "true";\nAPT::Install-Recommends "false";\nAcquire::Retries "3";\nDpkg::Use-Pty "0";\n')
  // Nothing of it outlives a test.
  await writeFile(join(dir, 'etc/dpkg/dpkg.cfg.d/here'), 'force-unsafe-io\n')
  for (const name of ['resolv.conf', 'hosts']) await copyFile(join('/etc', name), join(dir, 'etc', name))
  return dir
}

// The first process of a root ends all others of it when it ends, as it does with
// this one, and waits for those whose parents are gone.
const first = `mount -t proc proc "$1/proc"
mkdir -p "$1/dev/shm"
mount -t tmpfs tmpfs "$1/dev/shm"
echo ready
exec chroot "$1" perl -e '$SIG{CHLD} = "IGNORE"; sleep while 1'`

async function startFirst (dir) {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private', 'sh', '-ec', first, 'sh', dir], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve)
    child.once('exit', code => reject(new Error(`unshare ended with ${code}`)))
  })
  return { child, pid: readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim() }
}

const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' }

/**
 * A bare Debian (debootstrap, minbase) of this machine's release and mirror. It
 * shares this machine's network. What packages recommend is not installed with
 * them; they start and reload services only while services(true). Resolves to
 * {path, sh, shell, services, stop}: path(NAME) is a file of it, sh(TEXT) runs a
 * command and resolves to what it says, shell() is a Shell in it.
 */
export async function bareDebian () {
  bare ??= makeBare()
  const from = await bare
  const dir = await mkdtemp('/var/tmp/mcp-oauth-root-')
  await run('cp', ['-a', '--reflink=auto', from + '/.', dir])
  // Without one nothing would start either, for want of an init.
  const services = may => writeFile(join(dir, 'usr/sbin/policy-rc.d'), `#!/bin/sh\nexit ${may ? 0 : 101}\n`, { mode: 0o755 })
  await services(false)
  const { child, pid } = await startFirst(dir)
  const enter = ['nsenter', '-t', pid, '-m', '-p', '-r', '-w', '--']
  const ended = new Promise(resolve => child.on('exit', resolve))
  return {
    path: name => join(dir, name),
    sh: async text => {
      try {
        const { stdout, stderr } = await run(enter[0], [...enter.slice(1), 'sh', '-ec', text], { env: environment, maxBuffer: 1 << 26 })
        return stdout + stderr
      } catch (error) {
        throw new Error(`${text}\n${error.stdout}${error.stderr}`)
      }
    },
    shell: (more = {}) => new Shell({ ...environment, ...more }, '/', enter),
    services,
    stop: async () => {
      child.kill('SIGKILL')
      await ended
      await run('rm', ['-rf', '--one-file-system', dir])
    }
  }
}
