import assert from 'node:assert/strict'
import { expectProblem, expectQuestionOf, signIn } from '../helpers/page.js'
import { bao } from '../hosts/people.js'
import { sdks } from '../setup/bundle.js'

const hosts = {
  none: 'without CORS of its own',
  before: 'with @fastify/cors before the plugin',
  after: 'with @fastify/cors after the plugin'
}

export default Object.keys(sdks).flatMap(sdk => Object.entries(hosts).map(([globalCors, host]) => ({
  name: `bearer token: SDK ${sdk} with fetchRequestToken and no cookies, a host app ${host}`,
  setting: { sdk, host: 'bearer', frontEnd: 'allowed', globalCors },
  async run ({ world, page, context }) {
    await page.goto(world.frontUrl)
    await expectProblem(page, 'You are not signed in to the app.')
    await signIn(page, bao)
    await expectQuestionOf(page, bao)

    const [preflight] = world.ssoRequests('OPTIONS')
    assert.equal(preflight?.headers['access-control-request-headers'], 'authorization', 'the browser sends a preflight')
    assert.equal(preflight.status, 204)
    const signedIn = world.ssoRequests().at(-1)
    assert.match(signedIn.headers.authorization, /^Bearer /)
    assert.equal(signedIn.headers.cookie, undefined)
    assert.deepEqual(await context.cookies(), [])
  }
})))
