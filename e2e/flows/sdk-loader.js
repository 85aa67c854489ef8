import assert from 'node:assert/strict'
import { expectProblem, expectStatus, openAs, signIn } from '../helpers/page.js'
import { ann, bao } from '../hosts/people.js'
import { loaders } from '../setup/bundle.js'

// The npm package is Metabase's; the bundle that it loads from the instance is imitated, and so are its calls.

const discovery = 'GET /auth/sso?preferred_method=jwt'
const trade = 'POST /auth/sso'
/** Asked for together: sorted, as either may arrive first. */
const userAndProperties = ['GET /api/session/properties', 'GET /api/user/current']

/** What the page asked Metabase, in order of arrival, without preflights. */
const callsOf = ({ metabase }) => metabase.requests
  .filter(({ method, headers }) => method !== 'OPTIONS' && headers['sec-fetch-mode'] !== undefined)

const linesOf = world => callsOf(world).map(({ method, url }) => `${method} ${url}`)

/** @param {string[]} expected calls, up to the trade */
function expectCalls (world, expected) {
  const calls = linesOf(world)
  const last = calls.splice(expected.length)
  assert.deepEqual([...calls, ...last.sort()], [...expected, ...userAndProperties])
}

/** Sees whom Metabase takes the session for, and that the page tells what is imitated. */
async function expectSessionOf ({ world, page }, { email }) {
  await expectStatus(page, 'success')
  await page.locator('#questions').getByText(email, { exact: true }).waitFor()
  await expectImitationTold(page)
  const [{ headers, body }] = callsOf(world).filter(({ method, path }) => `${method} ${path}` === trade)
  assert.match(headers['content-type'], /^application\/json/)
  assert.equal(headers['x-metabase-client'], 'embedding-sdk-react')
  assert.equal(body.jwt, JSON.parse(world.ssoRequests().at(-1).body).jwt, 'it is the JWT that our route gave last')
  const { headers: { 'x-metabase-session': session } } = callsOf(world).find(({ path }) => path === '/api/user/current')
  assert.equal(world.metabase.sessions.get(session).email, email)
  assert.equal(world.metabase.logins, 1, 'Metabase logs in once for one sign-in')
}

const expectImitationTold = async page => await page.getByText('Part of this page is imitated.').waitFor()

/** Plays a flow and looks at every URL that the page asked for. */
const withoutJwtInUrls = run => async stage => {
  const urls = []
  stage.page.on('request', request => urls.push(request.url()))
  await run(stage)
  assert.ok(urls.length > 0)
  assert.deepEqual(urls.filter(url => url.includes('eyJ')), [], 'no URL holds a JWT')
}

/** Lets each sign-in but the first through. */
function failsOnce () {
  let asked = 0
  return () => {
    asked++
    if (asked === 1) throw new Error('the host app is not ready')
    return true
  }
}

const flowsOf = sdk => [{
  name: 'a user gets a session, from a page of the host app',
  setting: { sdk },
  async run (stage) {
    const { world, page } = stage
    await openAs(stage, ann)
    await expectSessionOf(stage, ann)
    expectCalls(world, [discovery, trade])
    assert.deepEqual(world.bundleRequests, [`/app/embedding-sdk.js?packageVersion=${sdk}`])
    const answers = world.ssoRequests().map(({ url, status }) => `${status} ${url}`)
    assert.deepEqual(answers, ['200 /sso/metabase?response=json'])
    await stage.shoot('signed in')

    await openAs(stage, bao)
    await page.locator('#questions').getByText(bao.email, { exact: true }).waitFor()
  }
}, {
  name: 'a user gets a session, from a page of another origin',
  setting: { sdk, frontEnd: 'allowed' },
  async run (stage) {
    const { world } = stage
    await openAs(stage, ann)
    await expectSessionOf(stage, ann)
    expectCalls(world, [discovery, trade])
    assert.ok(world.ssoRequests().every(({ headers }) => headers.origin === world.frontUrl))
  }
}, {
  name: 'jwtProviderUri skips discovery',
  setting: { sdk, jwtProviderUri: true },
  async run (stage) {
    await openAs(stage, ann)
    await expectSessionOf(stage, ann)
    expectCalls(stage.world, [trade])
  }
}, {
  name: 'a fetchRequestToken of the page’s own is called, with a bearer token and no cookies',
  setting: { sdk, host: 'bearer', frontEnd: 'allowed' },
  async run (stage) {
    const { world, page, context } = stage
    await page.goto(world.frontUrl)
    await expectProblem(page, 'You are not signed in to the app.') // a text of that function
    const before = linesOf(world)
    assert.deepEqual(before, [discovery, discovery])
    await signIn(page, bao)
    await expectSessionOf(stage, bao)
    expectCalls(world, [...before, discovery, trade])
    const { headers } = world.ssoRequests().at(-1)
    assert.match(headers.authorization, /^Bearer /)
    assert.equal(headers.cookie, undefined)
    assert.deepEqual(await context.cookies(), [])
  }
}, {
  name: 'our route fails while the page loads, and the second try succeeds',
  setting: { sdk, options: { authorize: failsOnce() } },
  async run (stage) {
    const { world } = stage
    await openAs(stage, ann)
    await expectSessionOf(stage, ann)
    assert.deepEqual(world.ssoRequests().map(({ status }) => status), [500, 200])
    expectCalls(world, [discovery, discovery, trade])
  }
}, {
  name: 'a visitor is told of status 401, after two tries; after a sign-in there is a session',
  setting: { sdk },
  async run (stage) {
    const { world, page, shoot } = stage
    await page.goto(world.frontUrl)
    await expectProblem(page, `Failed to fetch JWT token from ${world.hostUrl}/sso/metabase, status: 401.`)
    await expectImitationTold(page)
    await shoot('a visitor')
    assert.deepEqual(world.ssoRequests().map(({ status }) => status), [401, 401])
    assert.deepEqual(linesOf(world), [discovery, discovery])
    assert.equal(world.metabase.logins, 0)

    await signIn(page, ann)
    await expectSessionOf(stage, ann)
  }
}]

export default Object.keys(loaders).flatMap(sdk => flowsOf(sdk).map(({ name, setting, run }) => ({
  name: `SDK loader: ${sdk}, its bundle imitated: ${name}`,
  setting,
  run: withoutJwtInUrls(run)
})))
