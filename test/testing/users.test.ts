import t from 'tap'
import type { MetabaseUser } from '../../testing/index.js'
import { annsJwt } from './helpers/sign.js'
import { ask, logInError, postJson, start, trade } from './helpers/stand-in.js'

const bob: MetabaseUser = {
  id: 7,
  email: 'Bob@example.com',
  first_name: 'Bob',
  last_name: null,
  groups: ['sales'],
  attributes: { old: '1' },
  loginAttributes: {},
  tenant: null,
  active: true
}

t.test('a login makes an account for an unknown user', async t => {
  const metabase = await start(t)
  await trade(metabase, annsJwt({ email: 'Ann@Example.com', first_name: 'Ann', last_name: 'Lee', plan: 'pro' }))
  t.strictSame([...metabase.users.keys()], ['ann@example.com'])
  t.same(metabase.users.get('ann@example.com'), {
    id: 1,
    email: 'Ann@Example.com',
    first_name: 'Ann',
    last_name: 'Lee',
    groups: [],
    attributes: { plan: 'pro' },
    loginAttributes: {},
    tenant: null,
    active: true
  })
})

t.test('a login finds a known user without regard to case, and updates it', async t => {
  const metabase = await start(t)
  const known = { ...bob }
  metabase.users.set('bob@example.com', known)
  await trade(metabase, annsJwt({ email: 'BOB@example.com', last_name: 'Ray', first_name: null }))
  t.same([...metabase.users.values()], [{ ...bob, last_name: 'Ray', attributes: {} }])
  t.equal(metabase.users.get('bob@example.com'), known)
  t.strictSame([...metabase.sessions.values()].map(({ email }) => email), ['Bob@example.com'])
})

t.test('a login reactivates a deactivated user', async t => {
  const metabase = await start(t)
  metabase.users.set('bob@example.com', { ...bob, active: false })
  t.equal((await trade(metabase, annsJwt({ email: 'bob@example.com' }))).status, 200)
  t.equal(metabase.users.get('bob@example.com')?.active, true)
})

t.test('without provisioning only known, active users log in', async t => {
  const metabase = await start(t)
  metabase.settings.userProvisioning = false
  metabase.users.set('bob@example.com', { ...bob })
  metabase.users.set('gone@example.com', { ...bob, active: false })
  t.equal((await trade(metabase, annsJwt({ email: 'bob@example.com' }))).status, 200)
  for (const email of ['gone@example.com', 'new@example.com']) {
    const answer = await trade(metabase, annsJwt({ email }))
    t.equal(answer.status, 401)
    t.equal(answer.headers.get('content-type'), null)
    t.match(answer.text, /^Sorry, but you'll need a metabase account/)
  }
  metabase.version = 'v50'
  t.match(await ask(metabase, `/auth/sso?token=true&jwt=${annsJwt()}`), { status: 500, json: { message: /^Sorry/ } })
  t.equal(metabase.logins, 1)
})

for (const [siteLocale, words] of [
  ['de', /^Sie benötigen ein metabase-Konto/], ['ja', /metabaseアカウントが必要です/]
] as const) {
  t.test(`accounts are refused in the language of the site: ${siteLocale}`, async t => {
    const metabase = await start(t)
    Object.assign(metabase.settings, { userProvisioning: false, siteLocale })
    const headers = { 'x-metabase-client': 'embedding-sdk-react', 'x-metabase-locale': 'en' }
    const answer = await ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers })
    t.match(answer, { status: 401, text: words })
    t.equal(answer.headers.get('content-type'), null)
    t.match(await postJson(metabase, '/auth/sso/to_session', { jwt: annsJwt() }), { status: 401, text: words })
    t.match(logInError(await postJson(metabase, '/auth/sso', { jwt: annsJwt() })), [401, words])
    t.equal(
      (await ask(metabase, '/auth/sso?jwt=x')).text, 'Message seems corrupt or manipulated', 'the rest is English'
    )
  })
}
