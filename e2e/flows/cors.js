import assert from 'node:assert/strict'
import { expectProblem, expectQuestionOf, signIn } from '../helpers/page.js'
import { ann } from '../hosts/people.js'
import { sdks } from '../setup/bundle.js'

/** The policy of the host app's own would not let our front end through. */
const hosts = {
  none: 'without CORS of its own',
  before: 'with @fastify/cors before the plugin',
  after: 'with @fastify/cors after the plugin'
}

const allowed = Object.keys(sdks).flatMap(sdk => Object.entries(hosts).map(([globalCors, host]) => ({
  name: `another origin: SDK ${sdk}, allowed, a host app ${host}`,
  setting: { sdk, frontEnd: 'allowed', globalCors },
  async run ({ world, page }) {
    await page.goto(world.frontUrl)
    // Not "Failed to fetch": the page may read failures, too.
    await expectProblem(page, '401')
    await signIn(page, ann)
    await expectQuestionOf(page, ann)
    assert.ok(world.ssoRequests().every(({ headers }) => headers.origin === world.frontUrl))
  }
})))

const refused = Object.keys(sdks).flatMap(sdk => Object.entries(hosts).map(([globalCors, host]) => ({
  name: `another origin: SDK ${sdk}, not allowed, a host app ${host}`,
  setting: { sdk, frontEnd: 'not allowed', globalCors },
  async run ({ world, page }) {
    await page.goto(world.frontUrl)
    await expectProblem(page, 'Failed to fetch')
    await signIn(page, ann)
    await expectProblem(page, 'Failed to fetch')
    assert.ok(world.ssoRequests().length > 0, 'the browser asks, and may not read')
  }
})))

export default [...allowed, ...refused]
