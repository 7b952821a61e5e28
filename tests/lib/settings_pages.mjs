// SPDX-License-Identifier: MIT
// settings_pages.mjs - the settings as the code has them, and what README.md and
// the manual pages say of them.
import { readFile } from 'node:fs/promises'

const read = path => readFile(new URL('../../' + path, import.meta.url), 'utf8')

/** {key: {files: [names of settings files], default: text or undefined}} of common/base/settings.c. */
export async function settingsOfCode () {
  const source = await read('common/base/settings.c')
  const row = /^ {4}\{"([A-Z_]+)", ([A-Z |]+),\s+TYPE_\w+,\s+(?:0|AT\(\w+\)),\s+(NULL|(?:"[^"]*"\s*)+),\s+\{/gm
  return Object.fromEntries(Array.from(source.matchAll(row), ([, key, flags, value]) => [key, {
    files: [/SERVER|BOTH/.test(flags) && 'mcp-oauth.conf', /GUARD|BOTH/.test(flags) && 'guard.conf'].filter(Boolean),
    default: value === 'NULL' ? undefined : value.split('"').filter((part, i) => i % 2).join('')
  }]))
}

/** {key: default as it is written, or ''} of the tables of README.md. */
export async function settingsOfReadme () {
  const [, section] = /^## Settings\n([^]*?)^## /m.exec(await read('README.md'))
  const rows = Array.from(section.matchAll(/^\| (`[A-Z].*?) \| (.*?) ?\| .*\|$/gm))
  return Object.fromEntries(rows.flatMap(([, keys, values]) => {
    const names = Array.from(keys.matchAll(/`(\w+)`/g), ([, name]) => name)
    const said = names.length === 1 ? [values] : values.split(', ')
    return names.map((name, i) => [name, (said[i] ?? '').replaceAll('`', '')])
  }))
}

/** {keys: those that are described, defaults: {key: what the page says}, text} of a manual page. */
export async function settingsOfManual (page) {
  const text = await read(`docs/${page}.5`)
  const keys = new Set()
  const defaults = {}
  for (const [, names, entry] of text.matchAll(/^\.It Ev (.*)\n([^]*?)(?=^\.It |^\.El$)/gm)) {
    const list = names.split(' , ')
    for (const key of list) keys.add(key)
    const said = /^Defaults? (?:"([^"]*)"|(.*?))(?:, which[^]*?|; [^]*?|\.)$/m.exec(entry)
    if (!said) continue
    const values = list.length === 1 ? [said[1] ?? said[2]] : said[2].split(/, | and /)
    list.forEach((key, i) => { defaults[key] = values[i] })
  }
  return { keys, defaults, text }
}
