import t, { type Test } from 'tap'
import { atComputers, outcome } from '../helpers/exchange.js'
import { startHost, type Cookies, type Host } from '../helpers/host.js'
import { logOut } from '../helpers/logout.js'
import { stopClock } from '../helpers/standing-clock.js'

const UNAVAILABLE = ['METABASE_SSO_UNAVAILABLE', 503]

/** A user who has two sessions at Metabase, which is down now. */
async function setUp (t: Test) {
  const clock = stopClock(t, performance)
  const host = await startHost(t, { options: { logout: true } })
  const { app, metabase, logIn } = host
  const cookies = await logIn()
  const signIn = async () => outcome(await app.inject({ url: '/sso/metabase', cookies }))
  for (let i = 0; i < 2; i++) await signIn()
  metabase.fail('gateway-503')
  await atComputers(host, 9)
  clock.pass(1000)
  await atComputers(host, 1)
  return { ...host, clock, cookies, signIn, before: metabase.requests.length }
}

t.test('the route says what remains while Metabase is down; a later logout ends the rest', async t => {
  const { app, metabase, logs, clock, cookies, signIn, before } = await setUp(t)
  const response = await logOut(app, cookies)
  t.equal(response.statusCode, 200)
  t.match(response.json(), { ended: 0, remaining: 2, logoutUrl: String })
  const err = { code: 'METABASE_SSO_UNAVAILABLE', hint: String }
  t.match(logs.findLast(({ err }) => err !== undefined), { level: 40, remaining: 2, err })
  t.equal(metabase.requests.length, before, 'Metabase is not asked')

  metabase.fail(null)
  clock.pass(1000)
  t.match((await logOut(app, cookies)).json(), { ended: 2, remaining: 0 }, 'where no sign-in asks whether it is back')
  t.equal(metabase.sessions.size, 0)
  t.strictSame(await signIn(), ['ok', 200], 'and shows that it is')
})

t.test('a logout leaves the probe of a Metabase that is down to sign-ins', async t => {
  const { app, metabase, clock, cookies, signIn, before } = await setUp(t)
  clock.pass(1000)
  t.match((await logOut(app, cookies)).json(), { ended: 0, remaining: 2 })
  t.equal(metabase.requests.length, before + 2)
  metabase.fail(null)
  t.strictSame(await signIn(), ['ok', 200])
})

t.test('logouts of a Metabase that is down have a probe of their own, once a second', async t => {
  const { app, metabase, clock, cookies, signIn, before } = await setUp(t)
  clock.pass(1000)
  t.strictSame(await signIn(), ['METABASE_SSO_GATEWAY_FAILED', 502])
  for (let logout = 0; logout < 2; logout++) {
    t.match((await logOut(app, cookies)).json(), { ended: 0, remaining: 2 })
    t.equal(metabase.requests.length, before + 1 + 2, 'the first logout asks for its two sessions')
  }
})

t.test('a logout of a user without sessions is no failure while Metabase is down', async t => {
  const { app, logIn, logs } = await setUp(t)
  t.match((await logOut(app, await logIn())).json(), { ended: 0, remaining: 0 })
  t.match(logs.findLast(({ ended }) => ended !== undefined), { level: 30, msg: 'signed out of Metabase' })
})

type Revoke = (host: Host, cookies: Cookies) => Promise<unknown>

/** A user who has a session at Metabase. */
async function signedIn (t: Test, revoke: Revoke) {
  const clock = stopClock(t, performance)
  const host = await startHost(t, { options: { logout: true } })
  const { app, metabase, logIn } = host
  const cookies = await logIn()
  const signIn = async () => outcome(await app.inject({ url: '/sso/metabase', cookies }))
  await signIn()
  return { clock, metabase, signIn, revokeOnce: async () => await revoke(host, cookies) }
}

for (const [how, revoke] of Object.entries({
  'signing out': async ({ app }, cookies) => await logOut(app, cookies),
  'ending a session by its id': async ({ app }) => await app.metabaseSso.revoke('5e55').catch(() => {})
} satisfies Record<string, Revoke>)) {
  t.test(`the plugin counts failures of ${how}, but never alone`, async t => {
    const { clock, metabase, signIn, revokeOnce } = await signedIn(t, revoke)
    for (const failing of [20, 9]) {
      metabase.fail('reset')
      for (let i = 0; i < failing; i++) {
        await revokeOnce()
        clock.pass(112)
      }
      if (failing === 9) t.strictSame(await signIn(), ['METABASE_SSO_UNREACHABLE', 502])
      metabase.fail(null)
      t.strictSame(await signIn(), failing === 9 ? UNAVAILABLE : ['ok', 200])
    }
  })

  t.test(`the plugin takes Metabase for up after one success of ${how}`, async t => {
    const { clock, metabase, signIn, revokeOnce } = await signedIn(t, revoke)
    for (let i = 0; i < 2; i++) {
      metabase.fail('reset')
      await revokeOnce()
      for (let i = 0; i < 8; i++) {
        t.strictSame(await signIn(), ['METABASE_SSO_UNREACHABLE', 502])
        clock.pass(200)
      }
      metabase.fail(null)
      await revokeOnce()
    }
    t.strictSame(await signIn(), ['ok', 200])
  })
}
