import t from 'tap'
import { tradeAsClient, whoIs } from '../helpers/browser.js'
import { asAnn, asked, atComputers, lightHost, outcome, payloadOf, TO_SESSION, VERSIONS } from '../helpers/exchange.js'
import { SECRET, startHost } from '../helpers/host.js'
import { ownMetabase, text } from '../helpers/own-metabase.js'
import { until } from '../helpers/until.js'

const OLD = SECRET.replaceAll('f', 'e')
const THIRD = SECRET.replaceAll('f', 'd')
const refused = text(401, 'Message seems corrupt or manipulated')
const lines = (logs: Array<{ msg: string, level?: unknown }>) =>
  logs.filter(({ msg }) => /of `secret`/.test(msg)).map(({ level, msg }) => `${level} ${msg}`)

for (const version of VERSIONS) {
  t.test(`${version}: users sign in before, while and after its key is changed`, async t => {
    const host = await startHost(t, { metabase: { version, secret: OLD }, options: { secret: [SECRET, OLD] } })
    const { metabase, logs } = host
    const signIn = await asAnn(host)

    t.strictSame(outcome(await signIn()), ['ok', 200], 'Metabase still has the old key')
    const before = metabase.requests.length
    t.strictSame(outcome(await signIn()), ['ok', 200])
    t.ok(metabase.requests.length - before <= 3, 'the key that Metabase confirmed last is tried first')
    t.strictSame(lines(logs), ['40 Metabase has key 2 of `secret`, not the first: it signs from now on'])

    metabase.secret = SECRET
    t.strictSame(outcome(await signIn()), ['ok', 200], 'now it has the new one')
    t.strictSame(outcome(await signIn()), ['ok', 200])
    t.strictSame(lines(logs).slice(1), ['30 Metabase has the first key of `secret` now'])
    t.equal(metabase.logins, 4, 'a key that is refused signs no user in')
  })
}

t.test('each of five keys is tried once, in their order, and the last is found', async t => {
  const keys = ['1', '2', '3', '4'].map(digit => SECRET.replaceAll('f', digit))
  const host = await startHost(t, { metabase: { secret: OLD }, options: { secret: [...keys, Buffer.from(OLD)] } })
  const signIn = await asAnn(host)
  t.strictSame(outcome(await signIn()), ['ok', 200])
  t.equal(host.metabase.logins, 1)
  t.match(lines(host.logs), [/key 5/])
})

t.test('the log has no line about keys while Metabase has the first', async t => {
  const host = await startHost(t, { options: { secret: [SECRET, OLD] } })
  const signIn = await asAnn(host)
  t.strictSame([outcome(await signIn()), outcome(await signIn())], [['ok', 200], ['ok', 200]])
  t.strictSame(lines(host.logs), [])
})

t.test('when Metabase has another key, each is tried once', async t => {
  const host = await startHost(t, { metabase: { secret: THIRD }, options: { secret: [SECRET, OLD] } })
  const signIn = await asAnn(host)
  t.strictSame(outcome(await signIn()), ['METABASE_SSO_SECRET_REFUSED', 502])
  t.equal(asked(host.metabase).filter(line => line === TO_SESSION).length, 2)
})

t.test('the plugin asks a function again after Metabase refused each of its keys', async t => {
  let calls = 0
  const host = await startHost(t, {
    metabase: { secret: OLD },
    options: { secret: async () => { calls++; return calls === 1 ? [SECRET, THIRD] : [OLD] } }
  })
  t.strictSame(outcome(await (await asAnn(host))()), ['ok', 200])
  t.equal(calls, 2)
  t.equal(host.metabase.logins, 1)
})

t.test('another key is tried before a function is asked again, which may hang', async t => {
  let calls = 0
  const host = await startHost(t, {
    metabase: { secret: OLD },
    options: { secret: async () => ++calls > 1 ? await new Promise<string>(() => {}) : [SECRET, OLD] }
  })
  t.strictSame(outcome(await (await asAnn(host))()), ['ok', 200])
  t.equal(calls, 1)
})

t.test('without another key, the plugin reports the function that then fails', async t => {
  let calls = 0
  const secret = () => { if (++calls > 1) throw new Error('sealed'); return SECRET }
  const host = await startHost(t, { metabase: { secret: OLD }, options: { secret } })
  t.strictSame(outcome(await (await asAnn(host))()), ['METABASE_SSO_SECRET_FAILED', 500])
})

t.test('a secret function that hangs is not taken for a Metabase that does', async t => {
  const secret = async () => await new Promise<string>(() => {})
  const host = await startHost(t, { options: { secret, timeout: 100 } })
  t.strictSame(outcome(await (await asAnn(host))()), ['METABASE_SSO_SECRET_FAILED', 500])
  t.strictSame(host.metabase.requests, [])
})

t.test('an exchange that waits for another key has no place at Metabase', async t => {
  let calls = 0
  const secret = async () => ++calls > 1 ? await new Promise<string>(() => {}) : SECRET
  const host = await startHost(
    t, { metabase: { secret: OLD }, options: { secret, timeout: 500, connections: 1, queue: 0 } }
  )
  const waiting = atComputers(host, 1)
  await until(() => calls === 2)
  host.metabase.secret = SECRET
  t.strictSame((await atComputers(host, 1)).map(outcome), [['ok', 200]])
  t.strictSame((await waiting).map(outcome), [['METABASE_SSO_SECRET_FAILED', 500]])
})

t.test('no other failure is a reason to try another key', async t => {
  const host = await startHost(t, { options: { secret: [SECRET, OLD] } })
  const signIn = await asAnn(host)
  host.metabase.settings.userProvisioning = false
  t.strictSame(outcome(await signIn()), ['METABASE_SSO_ACCOUNT_REFUSED', 403])
  t.equal(asked(host.metabase).filter(line => line === TO_SESSION).length, 1)
})

t.test('all keys together have one timeout', async t => {
  let tries = 0
  const own = await ownMetabase(t, {
    // Refuses the first key after 800 of 1000 ms, and never answers the second.
    to_session: (response, request) => { if (++tries === 1) setTimeout(refused, 800, response, request) }
  })
  const app = await lightHost(t, own, { secret: [SECRET, OLD], timeout: 1000 })
  const began = performance.now()
  t.strictSame(outcome(await app.inject('/sso/metabase')), ['METABASE_SSO_TIMEOUT', 504])
  const took = performance.now() - began
  t.equal(tries, 2)
  t.ok(took > 990, `${took} ms`)
  t.ok(took < 1800, 'the second key has what the first left, not a timeout of its own')
})

t.test('the plugin signs with the key that was confirmed last, at first with the first', async t => {
  const host = await startHost(t, { metabase: { secret: OLD }, options: { secret: [SECRET, OLD] } })
  const cookies = await host.logIn()
  const jwtIn = async () =>
    (await host.app.inject({ url: '/sso/metabase?response=json', cookies })).json().jwt as string
  const first = await jwtIn()
  t.match(payloadOf(first), { email: 'ann@example.com' })
  await t.rejects(tradeAsClient(host.metabase, first), /not valid JSON/, 'Metabase has the second, and refuses in text')
  await host.app.inject({ url: '/sso/metabase', cookies })
  t.equal(await whoIs(host.metabase, await tradeAsClient(host.metabase, await jwtIn())), 'ann@example.com')
})
