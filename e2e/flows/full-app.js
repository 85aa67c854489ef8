import assert from 'node:assert/strict'
import { openAs } from '../helpers/page.js'
import { ann, bao } from '../hosts/people.js'

/** Opens a page of the host app that has this address in a frame. */
const openFrame = (stage, person, address) =>
  openAs(stage, person, `${stage.world.frontUrl}/frame?src=${encodeURIComponent(address)}`)

/** Follows a link of a page of the host app, out of that page. */
async function followLink (stage, person, href) {
  await openAs(stage, person, `${stage.world.frontUrl}/link?href=${encodeURIComponent(href)}`)
  await stage.page.getByRole('link').click()
}

/** Sees that the browser is at this address of Metabase, as this person. */
async function expectPageOf ({ world, page }, { email }, address) {
  await page.getByText(`${address} as seen by ${email}`, { exact: true }).waitFor()
  assert.equal(page.url(), `${world.metabase.url}${address}`)
  assert.equal(world.metabase.logins, 1)
}

async function expectDashboardOf ({ world, page }, { email }) {
  await page.frameLocator('iframe').getByText(`/dashboard/1 as seen by ${email}`, { exact: true }).waitFor()
  const frame = page.frames().at(-1)
  assert.equal(frame.url(), `${world.metabase.url}/dashboard/1`)
  const [{ headers, status }] = world.ssoRequests().filter(({ headers }) => headers['sec-fetch-dest'] === 'iframe')
  assert.deepEqual([status, headers['sec-fetch-mode']], [302, 'navigate'])
}

export default [
  {
    name: 'full-app: a frame at our route ends at the dashboard, as the right user',
    setting: {},
    async run (stage) {
      await openFrame(stage, bao, `${stage.world.hostUrl}/sso/metabase?return_to=/dashboard/1`)
      await expectDashboardOf(stage, bao)
    }
  },
  {
    name: 'full-app: a frame at Metabase bounces through our route and ends at the dashboard, as the right user',
    setting: {},
    async run (stage) {
      await openFrame(stage, ann, `${stage.world.metabase.url}/dashboard/1`)
      await expectDashboardOf(stage, ann)
    }
  },
  {
    name: 'full-app: a return_to on another host is refused, nobody is signed in to Metabase',
    setting: {},
    async run (stage) {
      const { world, page } = stage
      await openFrame(stage, ann, `${world.hostUrl}/sso/metabase?return_to=https://elsewhere.example.com/dashboard/1`)
      await page.frameLocator('iframe').getByText('METABASE_SSO_RETURN_TO_INVALID').waitFor()
      assert.equal(world.ssoRequests().at(-1).status, 400)
      assert.equal(world.metabase.logins, 0)
    }
  },
  {
    name: 'full-app: a link whose return_to has a query of its own, with a space, ends at the dashboard in that state',
    setting: {},
    async run (stage) {
      await followLink(stage, ann, `${stage.world.hostUrl}/sso/metabase?return_to=/dashboard/1?state=New York`)
      await expectPageOf(stage, ann, '/dashboard/1?state=New%20York')
    }
  },
  {
    name: 'full-app: a redirect of Metabase, which does not encode return_to, ends at the dashboard in its state',
    setting: {},
    async run (stage) {
      const { world } = stage
      const dashboard = '/dashboard/1?tab=2&state=CA'
      await followLink(stage, bao, `${world.metabase.url}/auth/sso?redirect=${encodeURIComponent(dashboard)}`)
      await expectPageOf(stage, bao, dashboard)
      assert.deepEqual(world.ssoRequests().map(({ url }) => url), [`/sso/metabase?return_to=${dashboard}`])
    }
  },
  {
    name: 'full-app: a link without return_to ends at the home page, even of a v56 that breaks without it',
    setting: { version: 'v56' },
    async run (stage) {
      stage.world.metabase.settings.breaksWithoutReturnTo = true
      await followLink(stage, ann, `${stage.world.hostUrl}/sso/metabase`)
      await expectPageOf(stage, ann, '/')
    }
  }
]
