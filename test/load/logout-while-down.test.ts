import t, { type Test } from 'tap'
import { outcome } from '../helpers/exchange.js'
import { startHost, type Cookies, type Host } from '../helpers/host.js'
import { logOut } from '../helpers/logout.js'
import { stopClock } from '../helpers/standing-clock.js'

t.test('the route says what remains while Metabase is down; a later logout ends the rest', async t => {
  const clock = stopClock(t, performance)
  const { app, metabase, logs, logIn } = await startHost(t, { options: { logout: true } })
  const cookies = await logIn()
  for (let i = 0; i < 2; i++) await app.inject({ url: '/sso/metabase', cookies })
  metabase.fail('gateway-503')
  for (let i = 0; i < 9; i++) await app.inject({ url: '/sso/metabase', cookies })
  clock.pass(1000)
  await app.inject({ url: '/sso/metabase', cookies })
  const before = metabase.requests.length

  const response = await logOut(app, cookies)
  t.equal(response.statusCode, 200)
  t.match(response.json(), { ended: 0, remaining: 2, logoutUrl: String })
  const err = { code: 'METABASE_SSO_UNAVAILABLE', hint: String }
  t.match(logs.findLast(({ err }) => err !== undefined), { level: 40, remaining: 2, err })
  t.equal(metabase.requests.length, before, 'Metabase is not asked')

  metabase.fail(null)
  clock.pass(1000)
  t.match((await logOut(app, cookies)).json(), { ended: 2, remaining: 0 }, 'a logout may be the probe')
  t.equal(metabase.sessions.size, 0)
  t.strictSame(outcome(await app.inject({ url: '/sso/metabase', cookies })), ['ok', 200], 'and shows that it is back')
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
  t.test(`the plugin takes Metabase for down after ten failures of ${how}`, async t => {
    const { clock, metabase, signIn, revokeOnce } = await signedIn(t, revoke)
    metabase.fail('reset')
    for (let i = 0; i < 10; i++) {
      await revokeOnce()
      clock.pass(112)
    }
    metabase.fail(null)
    t.strictSame(await signIn(), ['METABASE_SSO_UNAVAILABLE', 503])
  })

  t.test(`the plugin takes Metabase for up after one success of ${how}`, async t => {
    const { clock, metabase, signIn, revokeOnce } = await signedIn(t, revoke)
    for (let i = 0; i < 2; i++) {
      metabase.fail('reset')
      for (let i = 0; i < 9; i++) {
        t.strictSame(await signIn(), ['METABASE_SSO_UNREACHABLE', 502])
        clock.pass(200)
      }
      metabase.fail(null)
      await revokeOnce()
    }
    t.strictSame(await signIn(), ['ok', 200])
  })
}
