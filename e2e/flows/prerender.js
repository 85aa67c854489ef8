import assert from 'node:assert/strict'
import { expectQuestionOf } from '../helpers/page.js'
import { openPlainly } from '../helpers/plain-browser.js'
import { until } from '../helpers/until.js'
import { ann } from '../hosts/people.js'
import { sdks } from '../setup/bundle.js'

const isPrerendering = ({ headers, status }) => headers['sec-purpose']?.includes('prerender') && status !== undefined

/** Adds a page that signs Ann in to the host app, has the browser prerender another page, and goes there. */
function addRoutes (app, world) {
  app.get('/prerender', async ({ query: { href } }, reply) =>
    reply.type('text/html; charset=utf-8').send(`<!doctype html>
    <link rel="icon" href="data:,">
    <script type="module">
      await fetch('/login', { method: 'POST', body: new URLSearchParams({ email: ${JSON.stringify(
        ann.email
      )} }), redirect: 'manual' })
      const href = ${JSON.stringify(href)}
      const rules = { prerender: [{ urls: [href], eagerness: 'immediate' }] }
      document.head.append(Object.assign(document.createElement('script'), { type: 'speculationrules', text: JSON.stringify(rules) }))
      await fetch('/prerendered')
      location.href = href
    </script>`))
  app.get('/prerendered', async () =>
    await until(() => world.ssoRequests().some(isPrerendering), 'the prerendered page signs in'))
}

/** Opens a page that was prerendered, once that has asked our route. */
async function openPrerendered ({ world }, href, look) {
  const chromium = await openPlainly(`${world.hostUrl}/prerender?href=${encodeURIComponent(href)}`)
  try {
    await until(
      () => world.requests.some(({ path, status }) => path === '/prerendered' && status === 200),
      'the page is prerendered'
    )
    const page = await chromium.attach()
    await page.waitForURL(url => url.href === new URL(href, world.hostUrl).href)
    await look(page)
    const { activationStart } = await page.evaluate(() => performance.getEntriesByType('navigation')[0].toJSON())
    assert.ok(activationStart > 0, 'the page was prerendered')
    assert.equal(world.requests.filter(({ url }) => url === href).length, 1, 'and loaded once')
  } finally {
    await chromium.close()
  }
}

export default [
  ...Object.keys(sdks).map(sdk => ({
    name: `prerender: SDK ${sdk} signs in while the page is prerendered, and draws the question when it is shown`,
    setting: { sdk, addRoutes },
    async run (stage) {
      await openPrerendered(stage, '/', page => expectQuestionOf(page, ann))
      assert.deepEqual(stage.world.ssoRequests().map(({ status }) => status), [200])
    }
  })),
  {
    name: 'prerender: a frame at our route is answered while the page is prerendered, and shown with it',
    setting: { addRoutes },
    async run (stage) {
      const href = `/frame?src=${encodeURIComponent('/sso/metabase?return_to=/dashboard/1')}`
      await openPrerendered(stage, href, page =>
        page.frameLocator('iframe').getByText(`/dashboard/1 as seen by ${ann.email}`, { exact: true }).waitFor())
      assert.equal(stage.world.metabase.logins, 1)
    }
  }
]
