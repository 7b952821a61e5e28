// SPDX-License-Identifier: MIT
// plot.mjs - a workload as SVG: requests a second, CPU and p99 over the number of
// connections, one line a target.

const WIDTH = 360
const HEIGHT = 240
const MARGIN = { left: 60, right: 16, top: 36, bottom: 40 }
const colours = ['#1b6ca8', '#c8553d', '#3a7d44', '#8e5ea2', '#b8860b', '#444444', '#d4569a', '#2a9d8f', '#7f5539', '#6a994e']
const dashes = { ours: '', floor: '6 3', peer: '2 3' }

const escape = text => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const short = x => x >= 1e6 ? `${+(x / 1e6).toPrecision(3)}M` : x >= 1e3 ? `${+(x / 1e3).toPrecision(3)}k` : `${+x.toPrecision(3)}`

// 1, 2 or 5 times a power of ten, not below x.
function roundUp (x) {
  const power = 10 ** Math.floor(Math.log10(x))
  return [1, 2, 5, 10].map(n => n * power).find(n => n >= x)
}

function panel ({ title, measure, log }, lines, at) {
  const values = lines.flatMap(line => line.points.map(p => p[measure])).filter(v => v > 0)
  if (!values.length) return ''
  const counts = [...new Set(lines.flatMap(line => line.points.map(p => p.n)))].sort((a, b) => a - b)
  const most = log ? 10 ** Math.ceil(Math.log10(Math.max(...values))) : roundUp(Math.max(...values))
  const least = log ? 10 ** Math.floor(Math.log10(Math.min(...values)) - 1e-9) : 0
  const inner = { w: WIDTH - MARGIN.left - MARGIN.right, h: HEIGHT - MARGIN.top - MARGIN.bottom }
  const x = n => MARGIN.left + (counts.length === 1 ? inner.w / 2 : counts.indexOf(n) / (counts.length - 1) * inner.w)
  const share = v => log ? Math.log(v / least) / Math.log(most / least) : (v - least) / (most - least)
  const y = v => MARGIN.top + inner.h * (1 - share(v))
  const steps = log
    ? Array.from({ length: Math.round(Math.log10(most / least)) + 1 }, (_, i) => least * 10 ** i)
    : [0, 0.25, 0.5, 0.75, 1].map(s => s * most)
  const grid = steps.map(v => `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(v)}" y2="${y(v)}" stroke="#ddd"/>` +
    `<text x="${MARGIN.left - 6}" y="${y(v) + 4}" text-anchor="end">${short(v)}</text>`)
  const ticks = counts.map(n => `<text x="${x(n)}" y="${HEIGHT - MARGIN.bottom + 16}" text-anchor="middle">${n}</text>`)
  const drawn = lines.map(line => {
    const points = line.points.filter(p => p[measure] > 0).map(p => `${x(p.n)},${y(p[measure]).toFixed(1)}`)
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${line.colour}" stroke-width="2" stroke-dasharray="${line.dash}"/>` +
      points.map(p => `<circle cx="${p.split(',')[0]}" cy="${p.split(',')[1]}" r="3" fill="${line.colour}"/>`).join('')
  })
  return `<g transform="translate(${at},0)"><text x="${WIDTH / 2}" y="20" text-anchor="middle" font-weight="bold">${escape(title)}</text>
${grid.join('')}${ticks.join('')}<text x="${WIDTH / 2}" y="${HEIGHT - 6}" text-anchor="middle">connections</text>
${drawn.join('\n')}</g>`
}

/** The SVG of the rows of one workload (statistics.mjs). */
export function plot (name, rows) {
  const names = [...new Set(rows.map(r => `${r.front}: ${r.target}`))]
  const lines = names.map((label, i) => {
    const mine = rows.filter(r => `${r.front}: ${r.target}` === label)
    return {
      label,
      colour: colours[i % colours.length],
      dash: dashes[mine[0].kind],
      points: mine.map(r => ({ n: r.concurrency, per_s: r.per_s.median, cpu_us: r.cpu_us.median, p99_ms: r.p99_ms.median }))
    }
  })
  const panels = [{ title: `${name}: requests/s`, measure: 'per_s' }, { title: 'CPU us a request', measure: 'cpu_us', log: true },
    { title: 'p99 ms', measure: 'p99_ms', log: true }]
  const legend = lines.map((line, i) => {
    const at = HEIGHT + 16 + i * 18
    return `<line x1="20" x2="60" y1="${at - 4}" y2="${at - 4}" stroke="${line.colour}" stroke-width="2" stroke-dasharray="${line.dash}"/>` +
      `<text x="68" y="${at}">${escape(line.label)}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH * panels.length}" height="${HEIGHT + 16 + lines.length * 18}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
${panels.map((p, i) => panel(p, lines, i * WIDTH)).join('\n')}
${legend.join('\n')}
</svg>
`
}
