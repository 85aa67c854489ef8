import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { besideSessions, storeRecord } from '../../lib/host/store.js'
import { whoIs } from '../helpers/browser.js'
import { ANN, startHost } from '../helpers/host.js'
import { logOut, TextStore } from '../helpers/logout.js'
import { html, ownMetabase, SESSION_ID, signedIn } from '../helpers/own-metabase.js'
import { stopClock } from '../helpers/standing-clock.js'
import { sessionIdIn } from './records.js'

const MAX = 200
const TWO_WEEKS = 14 * 24 * 60 * 60 * 1000

interface Issued {
  id: string
  at: number
}

/** A user session, and the record that the plugin has of it in the store. */
async function withRecord (t: Test, instanceUrl?: string) {
  stopClock(t, Date)
  const store = new TextStore()
  const host = await startHost(t, { session: { store }, options: { logout: true, ...instanceUrl && { instanceUrl } } })
  const cookies = await host.logIn()
  const { app, metabase } = host
  const session = { id: sessionIdIn(store), store: besideSessions(store) }
  const record = storeRecord(session, [instanceUrl ?? metabase.url], 5000)
  return {
    ...host,
    cookies,
    write: async (issued: Issued[]) => await record.write({ issued }, TWO_WEEKS),
    ids: async () => (await record.read() as { issued: Issued[] } | undefined)?.issued.map(({ id }) => id) ?? [],
    signIn: async (): Promise<string> => (await app.inject({ url: '/sso/metabase', cookies })).json().id,
    /** A session of Metabase that no record knows. */
    session: async () => (await app.metabaseSso.exchange(ANN)).id,
    deletions: () => metabase.requests.filter(({ method }) => method === 'DELETE').length
  }
}

/** So many ids of sessions that are younger one by one. */
const issuedIds = (count: number, from = Date.now() - 10_000_000): Issued[] =>
  Array.from({ length: count }, (_, n) => ({ id: randomUUID(), at: from + n }))

t.test('the plugin ends the oldest session for the one that is too many', async t => {
  const { metabase, write, ids, signIn, session, deletions } = await withRecord(t)
  const [oldest, second] = [await session(), await session()]
  const [one, two, ...others] = issuedIds(MAX)
  await write([{ ...one, id: oldest } as Issued, { ...two, id: second } as Issued, ...others])
  const id = await signIn()
  t.strictSame(await ids(), [second, ...others.map(({ id }) => id), id])
  t.equal(await whoIs(metabase, oldest), undefined)
  for (const alive of [second, id]) t.equal(await whoIs(metabase, alive), ANN.email)
  t.equal(deletions(), 1)
})

t.test('the plugin holds 200 sessions without ending one', async t => {
  const { write, ids, signIn, deletions } = await withRecord(t)
  const issued = issuedIds(MAX - 1)
  await write(issued)
  const id = await signIn()
  t.strictSame(await ids(), [...issued.map(({ id }) => id), id])
  t.equal(deletions(), 0)
})

t.test('the plugin drops expired sessions first, and ends none then', async t => {
  const { metabase, write, ids, signIn, session, deletions } = await withRecord(t)
  const alive = await session()
  const expired = [...issuedIds(2, Date.now() - TWO_WEEKS - 1), { id: randomUUID(), at: 0 }]
  const justAlive = { id: alive, at: Date.now() - TWO_WEEKS + 1 }
  const others = issuedIds(MAX - 4)
  // Wherever they stand.
  await write([justAlive, ...expired, ...others])
  const id = await signIn()
  t.strictSame(await ids(), [alive, ...others.map(({ id }) => id), id])
  t.equal(await whoIs(metabase, alive), ANN.email)
  t.equal(deletions(), 0)
})

t.test('the plugin ends as many of an overfull record as it takes', async t => {
  const { write, ids, signIn, deletions } = await withRecord(t)
  const issued = issuedIds(MAX + 5)
  await write(issued)
  const id = await signIn()
  t.strictSame(await ids(), [...issued.slice(6).map(({ id }) => id), id])
  t.equal(deletions(), 6)
})

t.test('the route signs in though the oldest session cannot be ended', async t => {
  const own = await ownMetabase(t, { to_session: signedIn, other: html(503) })
  const { logs, write, ids, signIn } = await withRecord(t, own.url)
  const issued = issuedIds(MAX)
  await write(issued)
  t.equal(await signIn(), SESSION_ID)
  t.strictSame((await ids()).slice(-2), [issued[MAX - 1]?.id, SESSION_ID])
  const warnings = logs.filter(({ err }) => err !== undefined)
  t.match(warnings, [{ level: 40, msg: /oldest/, err: { code: 'METABASE_SSO_GATEWAY_FAILED' } }])
})

t.test('the plugin writes no id twice that Metabase answers again', async t => {
  const own = await ownMetabase(t, { to_session: signedIn })
  const { ids, signIn } = await withRecord(t, own.url)
  for (let i = 0; i < 2; i++) await signIn()
  t.strictSame(await ids(), [SESSION_ID])
  t.strictSame(own.steps, ['to_session', 'to_session'], 'and ends none')
})

t.test('the route ends each session of a full record', async t => {
  const { app, metabase, cookies, write, ids, session, deletions } = await withRecord(t)
  const id = await session()
  await write([...issuedIds(MAX - 1), { id, at: Date.now() }])
  t.match((await logOut(app, cookies)).json(), { ended: MAX, remaining: 0 })
  t.equal(deletions(), MAX)
  t.equal(await whoIs(metabase, id), undefined)
  t.strictSame(await ids(), [])
})

t.test('the route ends many sessions without a warning of Node that listeners leak', async t => {
  const warnings: string[] = []
  const warn = ({ name, message }: Error) => { warnings.push(`${name}: ${message}`) }
  process.on('warning', warn)
  t.teardown(() => { process.off('warning', warn) })
  const { app, cookies, write } = await withRecord(t)
  await write(issuedIds(MAX))
  t.match((await logOut(app, cookies)).json(), { ended: MAX })
  await new Promise(setImmediate) // when Node emits it
  t.strictSame(warnings, [])
})
