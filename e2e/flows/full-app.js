import assert from 'node:assert/strict'
import { openAs } from '../helpers/page.js'
import { ann, bao } from '../hosts/people.js'

/** Opens a page of the host app that has this address in a frame. */
const openFrame = (stage, person, address) =>
  openAs(stage, person, `${stage.world.frontUrl}/frame?src=${encodeURIComponent(address)}`)

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
  }
]
