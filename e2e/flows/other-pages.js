import assert from 'node:assert/strict'
import { servePage } from '../helpers/lone-page.js'
import { ann } from '../hosts/people.js'

/** No cookie setting protects the user of this host app: each request is one of Ann. */
const setting = { host: 'cookieless' }

/** Opens a page that is none of the host app's, and closes it when the flow is over. */
async function withPage ({ page }, body, pageSetting, flow) {
  const other = await servePage(body, pageSetting)
  try {
    await page.goto(other.url)
    await flow()
  } finally {
    await other.close()
  }
}

/** Each asks for a session, where it is answered: a login that the stand-in counts. */
const attempts = {
  'an image': sso => `<img src="${sso}">`,
  'a script': sso => `<script src="${sso}"></script>`,
  'a style sheet': sso => `<link rel="stylesheet" href="${sso}">`,
  'a no-cors fetch': sso => `<script>fetch('${sso}', { mode: 'no-cors', credentials: 'include' })</script>`,
  'a fetch': sso => `<script>fetch('${sso}', { credentials: 'include' }).catch(() => {})</script>`,
  'a WebSocket': sso => `<script>new WebSocket('${sso.replace('http', 'ws')}')</script>`,
  'a sandboxed frame': sso =>
    `<iframe sandbox="allow-scripts" srcdoc="<script>fetch('${sso}', { credentials: 'include' }).catch(() => {})</script>"></iframe>`
}

const refused = Object.entries(attempts).map(([name, bodyOf]) => ({
  name: `other pages: ${name} of another site signs nobody in`,
  setting,
  async run (stage) {
    const { world, until } = stage
    await withPage(stage, bodyOf(`${world.hostUrl}/sso/metabase`), {}, async () => {
      await until(() => world.ssoRequests().some(({ status }) => status !== undefined), 'the browser asks our route')
      assert.deepEqual(world.ssoRequests().map(({ status }) => status), [403])
      assert.match(world.ssoRequests()[0].body, /METABASE_SSO_CROSS_SITE/)
      assert.equal(world.metabase.logins, 0)
    })
  }
}))

const linksTo = ssoUrl => Array.from({ length: 12 }, (_, i) => `${ssoUrl}?return_to=/dashboard/${i + 1}`)
const anchors = hrefs => hrefs.map((href, i) => `<p><a href="${href}">Dashboard ${i + 1}</a>`).join('')

/** How pages prefetch their links. */
const prefetches = {
  'link elements': hrefs => hrefs.map(href => `<link rel="prefetch" href="${href}">`).join(''),
  'speculation rules': hrefs =>
    `<script type="speculationrules">${JSON.stringify(
      { prefetch: [{ urls: hrefs, eagerness: 'immediate' }] }
    )}</script>`
}

const prefetched = Object.entries(prefetches).map(([name, tagsOf]) => ({
  name: `other pages: 12 links of another site, prefetched by ${name}, sign in on the click alone`,
  setting,
  async run (stage) {
    const { world, page, until } = stage
    const hrefs = linksTo(`${world.hostUrl}/sso/metabase`)
    await withPage(stage, anchors(hrefs) + tagsOf(hrefs), {}, async () => {
      await until(
        () => world.ssoRequests().filter(({ status }) => status === 403).length === 12,
        'the browser prefetches each link'
      )
      assert.ok(world.ssoRequests().every(({ body }) => body.includes('METABASE_SSO_PREFETCH')))
      assert.equal(world.metabase.logins, 0)
      await page.getByRole('link', { name: 'Dashboard 5', exact: true }).click()
      await page.getByText(`/dashboard/5 as seen by ${ann.email}`, { exact: true }).waitFor()
      assert.equal(world.metabase.logins, 1)
    })
  }
}))

/** A page that is isolated, on the site of all else: Metabase's cookie arrives in its frame. */
const isolated = {
  site: '127.0.0.1',
  headers: { 'cross-origin-embedder-policy': 'require-corp', 'cross-origin-opener-policy': 'same-origin' }
}

const frame = src => `<iframe src="${src}" width="700" height="300"></iframe>`

export default [
  ...refused,
  ...prefetched,
  {
    name: 'other pages: a frame in a page with COEP shows Metabase behind a proxy that adds the headers',
    setting,
    async run (stage) {
      const { world: { metabase, hostUrl }, page } = stage
      metabase.settings.isolationHeaders = true
      await withPage(stage, frame(`${hostUrl}/sso/metabase?return_to=/dashboard/1`), isolated, async () => {
        assert.equal(await page.evaluate(() => globalThis.crossOriginIsolated), true)
        await page.frameLocator('iframe').getByText(`/dashboard/1 as seen by ${ann.email}`, { exact: true }).waitFor()
        assert.equal(metabase.logins, 1)
      })
    }
  },
  {
    name: 'other pages: a frame in a page with COEP shows why our route did not answer',
    setting,
    async run (stage) {
      await withPage(stage, frame(`${stage.world.hostUrl}/sso/metabase?return_to=//elsewhere.example`), isolated, () =>
        stage.page.frameLocator('iframe').getByText('METABASE_SSO_RETURN_TO_INVALID').waitFor())
    }
  },
  {
    name: 'other pages: a frame in a page with COEP shows no Metabase that is without these headers',
    setting,
    async run (stage) {
      const { world, page, until } = stage
      const blocked = []
      page.on('requestfailed', request => blocked.push(request.failure().errorText))
      await withPage(stage, frame(`${world.hostUrl}/sso/metabase?return_to=/dashboard/1`), isolated, async () => {
        await until(() => blocked.length > 0, 'the browser blocks the frame')
        assert.deepEqual(blocked, ['net::ERR_BLOCKED_BY_RESPONSE'])
        assert.equal(world.metabase.logins, 1, 'after our redirect, which it lets through')
      })
    }
  }
]
