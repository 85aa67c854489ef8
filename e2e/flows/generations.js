import assert from 'node:assert/strict'
import { expectQuestionOf, openAs } from '../helpers/page.js'
import { ann } from '../hosts/people.js'

/** Who asked Metabase: browsers alone send fetch metadata. */
const isBrowsers = ({ headers }) => headers['sec-fetch-mode'] !== undefined

/** The calls of /auth/sso, other than preflights. */
const signInCalls = ({ metabase }) => metabase.requests.filter(({ method, path }) =>
  method !== 'OPTIONS' && path.startsWith('/auth/sso'))

async function signInAndLook (stage) {
  await openAs(stage, ann)
  await expectQuestionOf(stage.page, ann)
  assert.equal(stage.world.metabase.logins, 1, 'Metabase logs in once for one sign-in')
}

/** Those to which a host app has to send the JWT in a URL. */
const inQuery = ['v50', 'v55']

/** Up to SDK 0.54 the host app does the exchange, whatever Metabase is there. */
const exchangedByHost = ['v50', 'v55', 'v56', 'v58', 'v61'].map(version => ({
  name: `${version}: SDK 0.52.7, the host app fetches the session`,
  setting: { sdk: '0.52.7', version },
  async run (stage) {
    await signInAndLook(stage)
    const calls = signInCalls(stage.world)
    assert.ok(calls.length > 0 && !calls.some(isBrowsers), 'the browser asks Metabase for no session')
    const isInUrl = calls.some(({ query }) => query.jwt !== undefined)
    assert.equal(isInUrl, inQuery.includes(version), 'a JWT is in no URL where there is another way')
  }
}))

/** Those that want a hash of a page, too. */
const hashed = ['v55', 'v56']

/** Later ones do it themselves, with our JWT. */
const exchangedByPage = ['v55', 'v56', 'v58', 'v61'].map(version => ({
  name: `${version}: SDK 0.56.3, the page trades our JWT for the session`,
  setting: { sdk: '0.56.3', version },
  async run (stage) {
    await signInAndLook(stage)
    const calls = signInCalls(stage.world)
    assert.ok(calls.every(isBrowsers), 'the host app asks Metabase nothing')
    const trade = calls.find(({ query }) => query.jwt !== undefined)
    const [{ body }] = stage.world.ssoRequests().filter(({ status }) => status === 200)
    assert.equal(trade.query.jwt, JSON.parse(body).jwt, 'it is the JWT that our route gave')
    const hash = trade.headers['x-metabase-sdk-jwt-hash']
    assert.equal(typeof hash, hashed.includes(version) ? 'string' : 'undefined', 'the hash that v55 and v56 want')
  }
}))

export default [...exchangedByHost, ...exchangedByPage]
