import t from 'tap'
import { asAnn, asked, atComputers, VERSIONS, lightHost, outcome, payloadOf } from '../helpers/exchange.js'
import { SECRET, startHost } from '../helpers/host.js'
import { tradeAsClient, whoIs } from '../helpers/browser.js'
import { discovered, json, ownMetabase } from '../helpers/own-metabase.js'
import { until } from '../helpers/until.js'

const OLD = SECRET.replaceAll('f', 'e')
const refused = json(401, 'Message seems corrupt or manipulated')
const lines = (logs: Array<{ msg: string, level?: unknown }>) => logs.filter(({ msg }) => /signing key/.test(msg)).map(({ level, msg }) => `${level} ${msg}`)

for (const version of VERSIONS) {
  t.test(`${version}: people sign in before, while and after its key is changed, and the log tells which key it has`, async t => {
    const host = await startHost(t, { metabase: { version, secret: OLD }, options: { previousSecret: OLD } })
    const { metabase, logs } = host
    const signIn = await asAnn(host)

    t.strictSame(outcome(await signIn()), ['ok', 200], 'Metabase still has the old key')
    const before = metabase.requests.length
    t.strictSame(outcome(await signIn()), ['ok', 200])
    t.ok(metabase.requests.length - before <= 2, 'the key that Metabase took last is tried first')
    t.strictSame(lines(logs), ['40 Metabase still has the signing key in `previousSecret`, not the one in `secret`'])

    metabase.secret = SECRET
    t.strictSame(outcome(await signIn()), ['ok', 200], 'now it has the new one')
    t.strictSame(outcome(await signIn()), ['ok', 200])
    t.strictSame(lines(logs).slice(1), ['30 Metabase has the signing key in `secret` now'])
    t.equal(metabase.logins, 4, 'a key that is refused signs nobody in')
  })
}

t.test('where answers of to_session do not tell what is wrong with a JWT, too', async t => {
  const host = await startHost(t, { metabase: { version: 'v58', secret: OLD }, options: { previousSecret: Buffer.from(OLD) } })
  const signIn = await asAnn(host)
  t.strictSame([outcome(await signIn()), outcome(await signIn())], [['ok', 200], ['ok', 200]])
})

t.test('when Metabase has neither, each is tried once', async t => {
  const host = await startHost(t, { metabase: { secret: 'a third secret, which nobody has told the app' }, options: { previousSecret: OLD } })
  const signIn = await asAnn(host)
  t.strictSame(outcome(await signIn()), ['METABASE_SSO_SECRET_REFUSED', 502])
  t.equal(asked(host.metabase).filter(line => line === 'POST /auth/sso').length, 2)
})

t.test('it is tried before a vault is asked again, which may hang', async t => {
  let calls = 0
  const host = await startHost(t, {
    metabase: { secret: OLD },
    options: { secret: async () => ++calls > 1 ? await new Promise<string>(() => {}) : SECRET, previousSecret: OLD }
  })
  t.strictSame(outcome(await (await asAnn(host))()), ['ok', 200])
  t.equal(calls, 1)
})

t.test('without another key, a vault that is down when it is asked again is what is reported', async t => {
  let calls = 0
  const host = await startHost(t, { metabase: { secret: OLD }, options: { secret: () => { if (++calls > 1) throw new Error('sealed'); return SECRET } } })
  t.strictSame(outcome(await (await asAnn(host))()), ['METABASE_SSO_SECRET_FAILED', 500])
})

t.test('a vault that never answers is not taken for a Metabase that does not', async t => {
  const host = await startHost(t, { options: { secret: async () => await new Promise<string>(() => {}), timeout: 100 } })
  t.strictSame(outcome(await (await asAnn(host))()), ['METABASE_SSO_SECRET_FAILED', 500])
  t.strictSame(host.metabase.requests, [])
})

t.test('nor is one that hangs when it is asked again, and who waits for it has no place at Metabase', async t => {
  let calls = 0
  const secret = async () => ++calls > 1 ? await new Promise<string>(() => {}) : SECRET
  const host = await startHost(t, { metabase: { secret: OLD }, options: { secret, timeout: 500, connections: 1, queue: 0 } })
  const waiting = atComputers(host, 1)
  await until(() => calls === 2)
  host.metabase.secret = SECRET
  t.strictSame((await atComputers(host, 1)).map(outcome), [['ok', 200]])
  t.strictSame((await waiting).map(outcome), [['METABASE_SSO_SECRET_FAILED', 500]])
})

t.test('no other failure is a reason to try it', async t => {
  const host = await startHost(t, { options: { previousSecret: OLD } })
  const signIn = await asAnn(host)
  host.metabase.settings.userProvisioning = false
  t.strictSame(outcome(await signIn()), ['METABASE_SSO_ACCOUNT_REFUSED', 403])
  t.equal(asked(host.metabase).filter(line => line === 'POST /auth/sso').length, 1)
})

t.test('both tries together have one timeout', async t => {
  let tries = 0
  const own = await ownMetabase(t, {
    discovery: discovered,
    post: (response, request) => { if (++tries === 1) setTimeout(refused, 800, response, request) } // the other is never answered
  })
  const app = await lightHost(t, own, { previousSecret: OLD, timeout: 1000 })
  const began = performance.now()
  t.strictSame(outcome(await app.inject('/sso/metabase')), ['METABASE_SSO_TIMEOUT', 504])
  const took = performance.now() - began
  t.equal(tries, 2)
  t.ok(took > 990 && took < 1500, `${took} ms`)
})

t.test('what is signed without asking Metabase is signed with `secret`', async t => {
  const host = await startHost(t, { options: { previousSecret: OLD } })
  const cookies = await host.logIn()
  const { jwt } = (await host.app.inject({ url: '/sso/metabase?response=json', cookies })).json()
  t.match(payloadOf(jwt), { email: 'ann@example.com' })
  t.equal(await whoIs(host.metabase, await tradeAsClient(host.metabase, jwt)), 'ann@example.com')
})
