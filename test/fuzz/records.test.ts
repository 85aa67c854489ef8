import fc from 'fast-check'
import t from 'tap'
import { checkAnswer, fuzz } from '../helpers/fuzz.js'
import { startHost } from '../helpers/host.js'
import { logOut, TextStore } from '../helpers/logout.js'

/** Stands for what the plugin wrote last. */
const REAL = 'the real one'

const time = fc.oneof(
  fc.integer(), fc.double(), fc.constantFrom(0, -1, Date.now(), Number.MAX_SAFE_INTEGER, 'never', null)
)
const id = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom(REAL, '', 'a\r\nb: c', 'é', 'x'.repeat(300), 7, null)
)
const current = fc.record({
  fingerprint: fc.oneof(fc.constant(REAL), fc.jsonValue()),
  session: fc.oneof(
    fc.constant(REAL), fc.record({ id, exp: time, iat: time, status: fc.constantFrom('ok', 'over', 1) }), fc.jsonValue()
  )
}, { requiredKeys: [] })
const issued = fc.array(
  fc.oneof(fc.constant(REAL), fc.record({ id, at: time }, { requiredKeys: [] }), fc.jsonValue()), { maxLength: 5 }
)
const metabase = fc.oneof(fc.record(
  { current: fc.oneof(current, fc.jsonValue()), issued: fc.oneof(issued, fc.jsonValue()) }, { requiredKeys: [] }
), fc.jsonValue())
const stored = fc.oneof(metabase.map(metabase => ({ cookie: {}, metabase })), fc.jsonValue())

t.test('the routes sign users in and out, whatever the store holds', async t => {
  const store = new TextStore()
  const host = await startHost(
    t, { server: { logger: false }, session: { store }, options: { cache: true, logout: true } }
  )
  const [cookies, others] = [await host.logIn(), await host.logIn({ email: 'bob@example.com' })]
  const url = '/sso/metabase'
  const hostSessions = new Set(store.records.keys())

  /** Writes into each record of the plugin, among them that of a logout. */
  function spoil (value: unknown) {
    for (const [key, text] of store.records) {
      if (hostSessions.has(key)) continue
      const { current, issued } = Object(Object(JSON.parse(text)).metabase)
      const real: Record<string, unknown> = {
        fingerprint: current?.fingerprint, session: current?.session, id: current?.session?.id
      }
      store.records.set(key, JSON.stringify(value, (name, inner) => inner === REAL ? real[name] ?? issued?.[0] : inner))
    }
  }

  await fuzz(t, fc.tuple(stored, stored), 300, async ([first, second]) => {
    await host.app.inject({ url, cookies })
    spoil(first)
    const signIn = await host.app.inject({ url, cookies })
    checkAnswer(signIn, undefined, host.metabase)
    if (signIn.statusCode !== 200) throw new Error(`${signIn.statusCode}: ${signIn.body}`)
    spoil(second)
    const signOut = await logOut(host.app, cookies)
    if (signOut.statusCode !== 200) throw new Error(`${signOut.statusCode}: ${signOut.body}`)
    if (signOut.json().remaining !== 0) throw new Error(signOut.body)
    store.records.forEach((_text, key) => { if (!hostSessions.has(key)) store.records.delete(key) })
    if ((await host.app.inject({ url, cookies: others })).statusCode !== 200) throw new Error('Bob cannot sign in')
  })
})
