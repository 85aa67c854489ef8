import assert from 'node:assert/strict'
import { expectStatus } from '../helpers/page.js'
import { sdks } from '../setup/bundle.js'

export default Object.keys(sdks).map(sdk => ({
  name: `API key: SDK ${sdk} draws the question without our route`,
  setting: { sdk, apiKey: 'mb_a_key_of_this_instance' },
  async run ({ world, page }) {
    await page.goto(world.frontUrl)
    await expectStatus(page, 'success')
    await page.locator('#questions').getByText('API key', { exact: true }).waitFor()
    assert.deepEqual(world.ssoRequests(), [])
    assert.equal(world.metabase.logins, 0)
  }
}))
