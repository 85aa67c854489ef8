import t, { type Test } from 'tap'
import { setClock } from '../helpers/clock.js'
import { outcome } from '../helpers/exchange.js'
import { startHost, type Cookies, type Host } from '../helpers/host.js'
import { logOut } from '../helpers/logout.js'

t.test('signing out while Metabase is down is answered at once and says what is left; later the rest is ended', async t => {
  const clock = setClock(t, performance)
  const { app, metabase, logs, logIn } = await startHost(t, { options: { logout: true } })
  const cookies = await logIn()
  for (let i = 0; i < 2; i++) await app.inject({ url: '/sso/metabase', cookies })
  metabase.fail('gateway-503')
  for (let i = 0; i < 9; i++) await app.inject({ url: '/sso/metabase', cookies })
  clock.ahead += 1000
  await app.inject({ url: '/sso/metabase', cookies })
  const before = metabase.requests.length

  const response = await logOut(app, cookies)
  t.equal(response.statusCode, 200)
  t.match(response.json(), { ended: 0, left: 2, logoutUrl: String })
  t.match(logs.findLast(({ err }) => err !== undefined), { level: 40, left: 2, err: { code: 'METABASE_SSO_UNAVAILABLE', hint: String } })
  t.equal(metabase.requests.length, before, 'Metabase is not asked')

  metabase.fail(null)
  clock.ahead += 1000
  t.match((await logOut(app, cookies)).json(), { ended: 2, left: 0 }, 'a logout may be the probe')
  t.equal(metabase.sessions.size, 0)
  t.strictSame(outcome(await app.inject({ url: '/sso/metabase', cookies })), ['ok', 200], 'and shows that it is back')
})

type Revoke = (host: Host, cookies: Cookies) => Promise<unknown>

/** Somebody who has a session at Metabase. */
async function signedIn (t: Test, revoke: Revoke) {
  const clock = setClock(t, performance)
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
  t.test(`${how} counts: ten that fail, and Metabase is down`, async t => {
    const { clock, metabase, signIn, revokeOnce } = await signedIn(t, revoke)
    metabase.fail('reset')
    for (let i = 0; i < 10; i++) {
      await revokeOnce()
      clock.ahead += 110
    }
    metabase.fail(null)
    t.strictSame(await signIn(), ['METABASE_SSO_UNAVAILABLE', 503])
  })

  t.test(`${how} counts: one that succeeds, and Metabase is there`, async t => {
    const { clock, metabase, signIn, revokeOnce } = await signedIn(t, revoke)
    for (let i = 0; i < 2; i++) {
      metabase.fail('reset')
      for (let i = 0; i < 9; i++) {
        t.strictSame(await signIn(), ['METABASE_SSO_UNREACHABLE', 502])
        clock.ahead += 200
      }
      metabase.fail(null)
      await revokeOnce()
    }
    t.strictSame(await signIn(), ['ok', 200])
  })
}
