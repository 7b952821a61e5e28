// SPDX-License-Identifier: MIT
// The pages over the wire: brand, templates of one's own, and errors that say
// what happened, why, and what to do.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { addressOf } from '../lib/every_page.mjs'
import { Browser, authorizationRequest, newVerifier, register } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { addClient, changeSettings, startSite } from '../lib/site.mjs'

const logo = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'

let site, folder
before(async () => {
  folder = await mkdtemp('/var/tmp/mcp-oauth-pages-')
  await chmod(folder, 0o755)
  await writeFile(join(folder, 'logo.svg'), logo)
  site = await startSite({ plain: true })
})
after(async () => {
  await site?.stop()
  await rm(folder, { recursive: true, force: true })
})

const loginPage = () => send(site.url('/api/oauth/login?request=apps'))
const policyOf = answer => answer.headers['content-security-policy']

// Settings are read anew when a second has passed since they were last looked at.
async function until (holds) {
  for (let i = 0; i < 100; i++) {
    const answer = await loginPage()
    if (holds(answer)) return answer
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  assert.fail('the change was never seen')
}

async function logHas (pattern) {
  for (let i = 0; i < 100; i++) {
    if (pattern.test(await site.log())) return
    await loginPage()
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  assert.match(await site.log(), pattern)
}

const change = lines => changeSettings(site.values.MCP_OAUTH_CONFIG, lines)

describe('brand', () => {
  test('without any, the host says whose pages they are', async () => {
    const { text } = await loginPage()
    assert.ok(text.includes(`<title>Sign in · 127.0.0.1:${site.port}</title>`), text)
  })

  test('name, colour, logo and support show, and the policy admits just them', async () => {
    await change(['BRAND_NAME=Müller & Söhne', 'BRAND_COLOR=#7a1fa2', `BRAND_LOGO_FILE=${join(folder, 'logo.svg')}`, 'BRAND_SUPPORT=mailto:help@example.com'])
    const answer = await until(a => a.text.includes('Müller'))
    assert.match(answer.text, /<title>Sign in · Müller &amp; Söhne<\/title>/)
    assert.match(answer.text, /--go:#7a1fa2/)
    assert.match(answer.text, /<a href="mailto:help@example\.com">Help<\/a>/)
    assert.ok(answer.text.includes(`<img src="data:image/svg+xml;base64,${Buffer.from(logo).toString('base64')}" alt="">`))
    const style = /<style>(.*)<\/style>/s.exec(answer.text)[1]
    assert.equal(policyOf(answer), `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; img-src data:; frame-ancestors 'none'; base-uri 'none'`)
    assert.ok(answer.text.length < 20000)
  })

  test('a logo of the site may come from there and nothing else', async () => {
    await change(['BRAND_LOGO_FILE=', 'BRAND_LOGO=/brand/logo.svg'])
    const answer = await until(a => a.text.includes('/brand/logo.svg'))
    assert.ok(policyOf(answer).includes(`; img-src ${site.base}/brand/logo.svg;`), policyOf(answer))
  })

  test('a colour that text cannot be read on is refused by name, and the old one stays', async () => {
    await change(['BRAND_COLOR=#ffcc00'])
    await logHas(/the changed configuration is not used: [^\n]*BRAND_COLOR cannot be read/)
    assert.match((await loginPage()).text, /--go:#7a1fa2/)
    await change(['BRAND_COLOR=#7a1fa2'])
  })
})

describe('templates', () => {
  // A page of ours as an operator would copy it, changed.
  const ours = async name => (await readFile(new URL(`../../common/http/pages/${name}`, import.meta.url), 'utf8'))

  test('a file takes the place of ours', async () => {
    await writeFile(join(folder, 'login.html'), '<p>Use your staff account.</p>\n' + await ours('login.html'))
    await change([`PAGE_TEMPLATES=${folder}`])
    const { text } = await until(a => a.text.includes('Use your staff account.'))
    assert.match(text, /name="csrf" value="[^"]+"/)
    const browser = new Browser(site)
    const at = await browser.follow(await browser.get('/api/oauth/apps'))
    assert.equal((await browser.signIn(at)).status, 303)
  })

  test('without the anti-forgery token it is refused by name, and the old one stays', async () => {
    await writeFile(join(folder, 'login.html'), (await ours('login.html')).replace('{{csrf}}', ''))
    await change(['BRAND_NAME=Changed'])
    await logHas(/the changed configuration is not used: [^\n]*login\.html: a form must hold the anti-forgery token/)
    assert.match((await loginPage()).text, /Use your staff account/)
    assert.match((await site.command('doctor').catch(e => e)).stdout, /login\.html: a form must hold the anti-forgery token/)
    await rm(join(folder, 'login.html'))
    await change(['BRAND_NAME=Mended'])
    await until(a => a.text.includes('Mended') && !a.text.includes('staff'))
  })
})

describe('errors', () => {
  // What a page error says: title, why, next, reference and code.
  async function trouble (path, headers = {}) {
    const { status, text } = await send(site.url(path), { headers })
    return {
      status,
      text,
      title: /<h1>(.*?)<\/h1>/.exec(text)[1],
      why: /role="alert">(.*?)<\/p>/.exec(text)[1],
      reference: /Reference: ([^<]*)</.exec(text)[1],
      code: /Error code: ([a-z_]*)</.exec(text)[1]
    }
  }

  test('the reference is in the log, with the reason', async () => {
    const { status, reference, code, why, text } = await trouble('/api/oauth/authorize?client_id=pruned')
    assert.equal(status, 400)
    assert.equal(code, 'invalid_client')
    assert.match(why, /did nothing wrong/)
    assert.match(text, /What to do/)
    const line = (await site.log()).split('\n').find(l => l.includes(reference) && l.includes('refused'))
    assert.match(line, /reason="unknown client"/)
  })

  const recipes = {
    'https://claude.ai/api/mcp/auth_callback': /In Claude: Settings, Connectors/,
    'http://localhost:53123/callback': /In Claude Code: type \/mcp.*In Codex CLI/s,
    'http://127.0.0.1:51234/callback': /In Codex CLI.*In Claude Code/s,
    'http://127.0.0.1:33418/': /Remove Dynamic Authentication Providers/,
    'https://vscode.dev/redirect': /Remove Dynamic Authentication Providers/,
    'cursor://anysphere.cursor-mcp/oauth/callback': /In Cursor/,
    'https://chatgpt.com/connector/oauth/mcp': /In ChatGPT/,
    'http://localhost:7777/oauth/callback': /gemini mcp remove/,
    'http://localhost:6274/oauth/callback': /In MCP Inspector/,
    'http://127.0.0.1:15222/oauth/callback': /\.mcp-auth/,
    'https://evil.example/': /What to do.*In any other application/s
  }
  for (const [uri, recipe] of Object.entries(recipes)) {
    test(`whoever sends codes to ${uri} is told how to connect again`, async () => {
      const { text } = await trouble('/api/oauth/authorize?' + new URLSearchParams(authorizationRequest({ client_id: 'pruned', redirect_uris: [uri] }, newVerifier())))
      assert.match(text, recipe)
      assert.match(text, /In any other application/)
    })
  }

  test('a client known by a URL gives itself away by that', async () => {
    const { text } = await trouble('/api/oauth/authorize?client_id=' + encodeURIComponent('https://claude.ai/nonesuch.json'))
    assert.match(text, /In Claude|cannot be used/)
  })

  test('a redirect_uri that is not registered tells the makers why', async () => {
    const client = await register(site)
    const { status, code, text } = await trouble(addressOf(site, { ...client, redirect_uris: ['https://evil.example/<b>'] }).slice(site.base.length))
    assert.equal(status, 400)
    assert.equal(code, 'invalid_request')
    assert.match(text, /<p lang="en" dir="ltr">The address to return to \(redirect_uri\) is not one/)
    assert.doesNotMatch(text, /evil\.example/)
  })

  test('each kind says whose doing it is', async () => {
    assert.match((await trouble('/api/oauth/consent?request=nonesuch')).why, /started in another browser/)
    assert.match((await trouble('/api/oauth/recover?token=nonesuch')).why, /older than an hour/)
    assert.match((await trouble('/api/oauth/login')).title, /cannot go on/)
  })
})

describe('the consent page', () => {
  const consentText = async client => {
    const browser = new Browser(site)
    const login = await browser.follow(await browser.get(addressOf(site, client).slice(site.base.length)))
    return { browser, at: await browser.follow(await browser.signIn(login)) }
  }

  test('says who vouches for whom', async () => {
    const added = await addClient(site, '--name', 'Added', '--redirect-uri', 'https://added.example/callback')
    assert.match((await consentText({ ...added, redirect_uris: ['https://added.example/callback'] })).at.page.text, /<p class="seal good">Known here: it was added by whoever runs this server/)
    assert.match((await consentText(await register(site))).at.page.text, /<p class="seal doubt">Not verified/)
    const id = 'https://published.example/client.json'
    await site.sql(`INSERT INTO oauth.client (client_id, client_name, token_endpoint_auth_method, redirect_uris, grant_types, registration, document_fetched_at, document_fresh_until)
      VALUES ($1, 'Published', 'none', '{https://published.example/callback,http://127.0.0.1/callback}', '{authorization_code}', 'metadata', now(), now() + interval '1 day')`, [id])
    assert.match((await consentText({ client_id: id, redirect_uris: ['https://published.example/callback'] })).at.page.text, /<p class="seal good">Verified: published\.example publishes/)
    assert.match((await consentText({ client_id: id, redirect_uris: ['http://127.0.0.1/callback'] })).at.page.text, /<p class="seal">Its description is published by published\.example/)
  })

  test('says for how long, and lets somebody else sign in', async () => {
    const { browser, at } = await consentText(await register(site))
    assert.match(at.page.text, /at most 365 days; it ends earlier if it is not used for 90 days/)
    const link = /<a href="([^"]*switch=yes)">/.exec(at.page.text)[1].replaceAll('&amp;', '&')
    const form = await browser.get(link)
    assert.equal(form.status, 200)
    assert.match(form.text, /name="password"/)
    assert.equal((await browser.get(link.replace('&switch=yes', ''))).status, 303)
  })
})
