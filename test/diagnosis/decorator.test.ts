import Fastify from 'fastify'
import t from 'tap'
import { Agent } from 'undici'
import plugin from '../../index.js'
import { faultsOf } from '../helpers/diagnosis.js'
import { lightHost } from '../helpers/exchange.js'
import { ANN, ORIGIN, SECRET, standIn } from '../helpers/host.js'
import { ownMetabase, silent } from '../helpers/own-metabase.js'

const OTHER = SECRET.replaceAll('f', 'e')

t.test('diagnose() checks what the app is registered with, and signs nobody in', async t => {
  const metabase = await standIn(t)
  const app = await lightHost(t, metabase, {
    origin: [ORIGIN, /^https:\/\/[^.]+\.example\.com$/],
    guest: {
      secret: metabase.embeddingSecret,
      authorize: () =>
        false
    }
  })
  const wrong = await app.metabaseSso.diagnose()
  t.strictSame(faultsOf(wrong), ['cors fail'])
  t.match(wrong.checks.find(({ id }) => id === 'cors')?.detail, /^https:\/\/app\.example\.com;/)

  metabase.settings.corsOrigins = [ORIGIN]
  const right = await app.metabaseSso.diagnose()
  t.match(right, { ok: true, version: 'v1.61.1' })
  t.ok(right.checks.some(({ id, status }) => id === 'guest-secret' && status === 'pass'))
  t.equal(metabase.logins, 0)
})

t.test('diagnose({ origin }) checks for other front ends than those of the options', async t => {
  const metabase = await standIn(t)
  metabase.settings.corsOrigins = [ORIGIN]
  const app = await lightHost(t, metabase, { origin: ORIGIN })
  t.strictSame(faultsOf(await app.metabaseSso.diagnose({ origin: 'https://beta.example.com' })), ['cors fail'])
  t.strictSame(
    faultsOf(await app.metabaseSso.diagnose({ origin: [ORIGIN, 'https://beta.example.com'] })), ['cors fail']
  )
  t.strictSame(faultsOf(await app.metabaseSso.diagnose({ origin: ORIGIN })), [])
})

t.test('diagnose({ origin }) refuses what no browser sends as an origin', async t => {
  const metabase = await standIn(t)
  const { metabaseSso } = await lightHost(t, metabase, { origin: ORIGIN })
  for (const origin of ['app.example.com', `${ORIGIN}/`, '*']) {
    await t.rejects(metabaseSso.diagnose({ origin }), { code: 'METABASE_SSO_ORIGIN_INVALID' })
  }
  t.strictSame(metabase.requests, [])
})

t.test('diagnose({ user }) maps the user, signs in, and ends the session', async t => {
  const metabase = await standIn(t)
  const mapUserToClaims = (user: { email: string }) => ({ email: user.email, plan: 'pro' })
  const app = await lightHost(t, metabase, { mapUserToClaims, claimNames: { email: 'mail' } })
  metabase.settings.claimNames.email = 'mail'

  const { ok, checks } = await app.metabaseSso.diagnose({ user: ANN })
  t.equal(ok, true)
  t.match(
    checks.slice(-3),
    [{ id: 'account', status: 'pass' }, { id: 'groups' }, { id: 'attributes', status: 'pass', detail: 'plan' }]
  )
  t.strictSame([[...metabase.users.keys()], metabase.sessions.size], [[ANN.email], 0])
})

t.test('diagnose({ user }) tells that the app itself does not let the user sign in', async t => {
  const metabase = await standIn(t)
  const app = await lightHost(t, metabase, { authorize: () => false })
  const { checks } = await app.metabaseSso.diagnose({ user: ANN })
  t.match(checks.find(({ id }) => id === 'account'), {
    status: 'fail', summary: '`authorize` does not let this user sign in to Metabase', fix: /^Expect it where your own rule says so/
  })
  t.equal(metabase.logins, 0)
})

t.test('diagnose() tells that the function of `secret` fails', async t => {
  const metabase = await standIn(t)
  const app = await lightHost(t, metabase, { secret: () => { throw new Error(`no ${SECRET}`) } })
  const report = await app.metabaseSso.diagnose()
  t.strictSame(faultsOf(report), ['secret fail'])
  t.match(report.checks.find(({ id }) => id === 'secret'), { summary: 'the function in option "secret" failed' })
  t.notMatch(JSON.stringify(report), SECRET)
})

t.test('diagnose() finds the embedding secret key in `secret`, and the reverse', async t => {
  const metabase = await standIn(t)
  const guest = { secret: SECRET, authorize: () => false as const }
  const app = await lightHost(t, metabase, { secret: () => metabase.embeddingSecret, guest })
  t.strictSame(faultsOf(await app.metabaseSso.diagnose()), ['secret fail', 'guest-secret fail'])
  const { checks } = await app.metabaseSso.diagnose()
  t.match(checks.filter(({ status }) => status === 'fail'), [
    { summary: '`secret` and the embedding secret key are mixed up' }, {
      summary: '`guest.secret` is the JWT signing key'
    }
  ])
})

t.test('diagnose() uses the dispatcher of the app, which knows the way to Metabase', async t => {
  const metabase = await standIn(t)
  const paths: string[] = []
  const agent = new Agent()
  t.teardown(() => agent.close())
  const dispatcher = agent.compose(dispatch => (options, handler) => {
    paths.push(options.path)
    return dispatch(options, handler)
  })
  const { metabaseSso } = await lightHost(t, metabase, { dispatcher })
  const { ok, checks } = await metabaseSso.diagnose()
  t.equal(ok, true)
  t.match(checks.slice(0, 2), [{ status: 'pass', detail: 'a `dispatcher` or a proxy makes the connections' }, { status: 'pass' }])
  t.equal(paths.length, metabase.requests.length)
  t.match(await metabaseSso.exchange(ANN), { status: 'ok' }, 'which stays open')
})

t.test('diagnose() serves an app with guest embeds alone, of the open-source edition', async t => {
  const metabase = await standIn(t)
  metabase.settings.edition = 'open-source'
  const app = Fastify()
  t.teardown(() => app.close())
  const guest = { secret: metabase.embeddingSecret, authorize: () => false as const }
  app.register(plugin, { instanceUrl: metabase.url, getUser: () => ANN, guest })
  await app.ready()
  const { metabaseSso } = app
  t.match(await metabaseSso.diagnose(), { ok: true, version: 'v0.61.1' })
  metabase.embeddingSecret = OTHER
  t.strictSame(faultsOf(await metabaseSso.diagnose()), ['guest-secret fail'])
  await t.rejects(metabaseSso.diagnose({ user: ANN }), { code: 'METABASE_SSO_OPTION_OFF' })
})

t.test('diagnose() gives each request the time that the option `timeout` gives a sign-in', async t => {
  const own = await ownMetabase(t, { properties: silent })
  const metabase = await standIn(t)
  const { metabaseSso } = await lightHost(t, metabase, { instanceUrl: own.url, timeout: 100 })
  const { checks } = await metabaseSso.diagnose()
  t.match(checks.find(({ status }) => status === 'fail'), { summary: 'Metabase did not answer in time (100 ms)' })
})

t.test('diagnose() expects tenants with the option `requireTenant`', async t => {
  const metabase = await standIn(t)
  metabase.settings.release = '63.1.2' // which can make an internal user of a tenant's
  const { metabaseSso } = await lightHost(t, metabase, { requireTenant: true })
  t.strictSame(faultsOf(await metabaseSso.diagnose()), ['version warn'])
})
