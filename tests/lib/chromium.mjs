// SPDX-License-Identifier: MIT
// chromium.mjs - Debian's Chromium, without a window.
import { access } from 'node:fs/promises'
import { chromium } from 'playwright-core'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

async function find () {
  for (const place of places) {
    if (await access(place).then(() => true, () => false)) return place
  }
  throw new Error('no Chromium found: apt install chromium')
}

export async function openBrowser () {
  return chromium.launch({
    executablePath: await find(),
    args: ['--no-sandbox', '--disable-dev-shm-usage']
  })
}
