// SPDX-License-Identifier: MIT
// remote_login.mjs - sites where the web server signs people in, and browsers
// that have a name and password for it.
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Browser } from './flow.mjs'
import { startSite } from './site.mjs'

const run = promisify(execFile)

/** A browser that sends HTTP Basic credentials; none when name is undefined. */
export class Person extends Browser {
  constructor (site, name, password = `password of ${name}`) {
    super(site)
    this.name = name
    this.password = password
    this.more = {}
  }

  headers () {
    return {
      ...super.headers(),
      ...(this.name === undefined ? {} : { Authorization: 'Basic ' + Buffer.from(`${this.name}:${this.password}`).toString('base64') }),
      ...this.more
    }
  }

  /** Authorize and let the web server sign in; where that ends. */
  async arrive (params) {
    return this.follow(await this.authorize(params))
  }
}

/** A password file with "password of NAME" for each; {file, remove}. */
export async function makeHtpasswd (names) {
  // The site reads it as another user.
  const dir = await mkdtemp('/var/tmp/mcp-oauth-htpasswd-')
  const file = join(dir, 'htpasswd')
  await chmod(dir, 0o755)
  for (const [i, name] of names.entries()) {
    await run('htpasswd', ['-bB', ...(i ? [] : ['-c']), file, name, `password of ${name}`])
  }
  await chmod(file, 0o644)
  return { file, remove: () => rm(dir, { recursive: true, force: true }) }
}

/** A site behind a password file. Options as for startSite. */
export function startHtpasswdSite (htpasswd, options = {}) {
  return startSite({
    ...options,
    modules: 'auth_basic authn_file authz_user',
    conf: 'OAUTH_LOGIN=remote_user\n' + (options.conf ?? ''),
    apache: `Include \${SHARE}/remote-login.conf\nUse RemoteLoginHtpasswd "Example" ${htpasswd.file}`
  })
}
