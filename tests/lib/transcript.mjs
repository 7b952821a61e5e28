// SPDX-License-Identifier: MIT
// transcript.mjs - console sessions as a page shows them, run again.
//
// Of a fenced block "console" each line that opens with "$ " is a command, "> "
// continues it, and the other lines are what it says. There, "..." stands for
// anything in a line, and alone in a line for any number of lines.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'

/** The fenced blocks of a page: [{language, heading, text}]. */
export function blocksOf (page) {
  const blocks = []
  let heading = ''
  for (const [, title, language, text] of page.matchAll(/^##+ (.*)$|^```(\w+)\n([^]*?)^```$/gm)) {
    if (title) heading = title
    else blocks.push({ language, heading, text })
  }
  return blocks
}

/** The commands of a console block: [{command, says: [line]}]. */
export function commandsOf (text) {
  const commands = []
  for (const line of text.replace(/\n$/, '').split('\n')) {
    if (line.startsWith('$ ')) commands.push({ command: line.slice(2), says: [] })
    else if (line.startsWith('> ') || line === '>') commands.at(-1).command += '\n' + line.slice(2)
    else commands.at(-1).says.push(line)
  }
  return commands
}

const escape = text => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
const lineLike = line => line.split('...').map(escape).join('[^\\n]*')

/** Is said what the page shows? */
export function assertSays (said, lines, command) {
  const pattern = lines.map(line => line === '...' ? '(?:[^\\n]*\\n)*' : lineLike(line) + '\\n').join('')
  said = said.replaceAll('\r\n', '\n') // of HTTP
  assert.match(said && !said.endsWith('\n') ? said + '\n' : said, new RegExp(`^${pattern}$`), `$ ${command}\n${said}\n-- in place of --\n${lines.join('\n')}`)
}

/** One shell for all commands, so that variables and the folder stay; a command may lead to it. */
export class Shell {
  constructor (env, cwd, lead = []) {
    const [command, ...args] = [...lead, 'bash', '--norc', '--noprofile']
    this.process = spawn(command, args, { env, cwd, stdio: ['pipe', 'pipe', 'inherit'] })
    this.text = ''
    this.process.stdout.on('data', data => { this.text += data; this.look?.() })
    this.process.on('exit', () => { this.ended = true; this.look?.() })
  }

  // What it says on both outputs, once it has ended.
  async run (command) {
    const end = randomUUID()
    this.text = ''
    this.process.stdin.write(`{ ${command}\n} </dev/null 2>&1; printf '%s\\n' ${end}\n`)
    await new Promise((resolve, reject) => {
      this.look = () => {
        if (this.text.endsWith(end + '\n')) resolve()
        else if (this.ended) reject(new Error(`the shell ended: ${command}\n${this.text}`))
      }
      this.look()
    })
    return this.text.slice(0, -end.length - 1)
  }

  async close () {
    if (this.ended) return
    const ended = new Promise(resolve => this.process.on('exit', resolve))
    this.process.stdin.end()
    await ended
  }
}
