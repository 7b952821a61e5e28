// SPDX-License-Identifier: MIT
// slapd.mjs - a directory of its own: OpenLDAP's slapd on loopback, run as an
// ordinary user in a folder made for it.
import { execFile, spawn } from 'node:child_process'
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { as } from './fastcgi.mjs'
import { until } from './flow.mjs'
import { freePort } from './site.mjs'

const run = promisify(execFile)
const suffix = 'dc=example,dc=org'
const root = ['-x', '-D', `cn=root,${suffix}`, '-w', 'root']

const configuration = dir => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile ${dir}/slapd.pid
database mdb
suffix "${suffix}"
rootdn "cn=root,${suffix}"
rootpw root
directory ${dir}/data
overlay memberof
`

const start = `dn: ${suffix}
objectClass: dcObject
objectClass: organization
o: Example

dn: ou=people,${suffix}
objectClass: organizationalUnit

dn: ou=groups,${suffix}
objectClass: organizationalUnit
`

const person = (uid, mails) => `
dn: uid=${uid},ou=people,${suffix}
objectClass: inetOrgPerson
cn: ${uid}
sn: ${uid}
userPassword: password of ${uid}
${mails.map(mail => `mail: ${mail}\n`).join('')}`

const group = (name, members) => `
dn: cn=${name},ou=groups,${suffix}
objectClass: groupOfNames
${members.map(uid => `member: uid=${uid},ou=people,${suffix}\n`).join('')}`

/**
 * people: {uid: [mail ...]}, each with "password of UID"; groups: {name: [uid
 * ...]}. Gives {url, groupDn, leave(group, uid), stop}.
 */
export async function startSlapd ({ people, groups }) {
  const account = await as('nobody')
  const dir = await mkdtemp('/var/tmp/mcp-oauth-slapd-')
  const server = `ldap://127.0.0.1:${await freePort()}`
  const file = join(dir, 'slapd.conf')
  await writeFile(file, configuration(dir))
  await mkdir(join(dir, 'data'), { mode: 0o700 })
  if (account.uid) for (const path of [dir, file, join(dir, 'data')]) await chown(path, account.uid, account.gid)

  const child = spawn('/usr/sbin/slapd', ['-f', file, '-h', server, '-d', '0'], { ...account, stdio: 'ignore' })
  const ended = new Promise(resolve => child.once('exit', resolve))
  const modify = async (command, ldif) => {
    const asked = run(command, [...root, '-H', server])
    asked.child.stdin.end(ldif)
    await asked
  }
  const directory = {
    url: `${server}/ou=people,${suffix}?uid,mail,memberOf?sub`,
    groupDn: name => `cn=${name},ou=groups,${suffix}`,
    leave: (name, uid) => modify('ldapmodify',
      `dn: cn=${name},ou=groups,${suffix}\nchangetype: modify\ndelete: member\nmember: uid=${uid},ou=people,${suffix}\n`),
    stop: async () => {
      child.kill()
      await ended
      await rm(dir, { recursive: true, force: true })
    }
  }
  try {
    await until(() => run('ldapwhoami', [...root, '-H', server]).then(() => true, () => false))
    await modify('ldapadd', start +
      Object.entries(people).map(([uid, mails]) => person(uid, mails)).join('') +
      Object.entries(groups).map(([name, members]) => group(name, members)).join(''))
  } catch (error) {
    await directory.stop()
    throw error
  }
  return directory
}
