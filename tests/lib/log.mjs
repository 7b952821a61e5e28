// SPDX-License-Identifier: MIT
// log.mjs - the programs' log lines, read as strictly as they are written.

const line = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([a-z_]+): (error|warning|notice|info|debug): ([A-Za-z][A-Za-z -]*?)((?: [a-z_]+=(?:"(?:[^"\\]|\\x[0-9a-f]{2})*"|-?\d+))*)$/

/** {time, program, level, event, fields} or null for a line of others. */
export function parseLine (text) {
  const m = line.exec(text)
  if (!m) return null
  const fields = {}
  for (const [, key, value] of m[5].matchAll(/([a-z_]+)=("(?:[^"\\]|\\x[0-9a-f]{2})*"|-?\d+)/g)) {
    if (key in fields) throw new Error(`${key} twice: ${text}`)
    fields[key] = value.startsWith('"') ? value.slice(1, -1) : Number(value)
  }
  return { time: m[1], program: m[2], level: m[3], event: m[4], fields, text }
}

/** All lines of ours in a text. */
export const parseLog = text => text.split('\n').map(parseLine).filter(Boolean)
