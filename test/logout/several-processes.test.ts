import t, { type Test } from 'tap'
import { startHost, standIn } from '../helpers/host.js'
import { logOut, TextStore } from '../helpers/logout.js'

t.test('the plugin forgets no session when three processes write at the same time', async t => {
  const store = new TextStore()
  const metabase = await standIn(t)
  const options = { logout: true, instanceUrl: metabase.url }
  const start = async () => await startHost(t, { session: { store }, options })
  const last = await start()
  const hosts = [await start(), await start(), last]
  const cookies = await last.logIn()
  // With this store, where each call takes a turn of the event loop, no write comes after the others have read back.
  const responses = await Promise.all(hosts.map(async ({ app }) => await app.inject({ url: '/sso/metabase', cookies })))
  t.equal(new Set(responses.map(response => response.json().id)).size, 3)
  t.match((await logOut(last.app, cookies)).json(), { ended: 3, remaining: 0 })
  t.equal(metabase.sessions.size, 0)
})

/** A store in which another process writes, after ours, what it had read before ours. */
class OverwrittenStore extends TextStore {
  /** How often it does so yet. */
  times = 0
  writes = 0

  override set (...[key, record, callback]: Parameters<TextStore['set']>): void {
    if (!isOurs(record)) return super.set(key, record, callback)
    this.writes++
    if (this.times-- <= 0) return super.set(key, record, callback)
    const id = `of-another-process-${this.writes}`
    const before = JSON.parse(this.records.get(key) ?? '{}').metabase?.issued ?? []
    super.set(key, { ...record, metabase: { issued: [...before, { id, at: Date.now() }] } }, callback)
  }
}

/** Not the mark of a logout, nor the host's session. */
const isOurs = (record: object): boolean => 'metabase' in record && typeof record.metabase === 'object'

async function exchangeOverwritten (t: Test, times: number) {
  const store = new OverwrittenStore()
  const host = await startHost(t, { session: { store }, options: { logout: true } })
  const cookies = await host.logIn()
  store.times = times
  const response = await host.app.inject({ url: '/sso/metabase', cookies })
  t.equal(response.statusCode, 200)
  const record = [...store.records.values()].map(text => JSON.parse(text)).find(isOurs)
  const ids: string[] = record.metabase.issued.map(({ id }: { id: string }) => id)
  return { ...host, cookies, store, ids, id: response.json().id }
}

for (const times of [1, 2]) {
  t.test(`the plugin keeps a session that another process overwrites ${times} times`, async t => {
    const { app, metabase, store, cookies, ids, id } = await exchangeOverwritten(t, times)
    t.strictSame(ids, [...Array.from({ length: times }, (_, n) => `of-another-process-${n + 1}`), id], 'and theirs')
    t.equal(store.writes, times + 1)
    t.match((await logOut(app, cookies)).json(), { ended: times + 1, remaining: 0 })
    t.equal(metabase.sessions.size, 0)
  })
}

t.test('the plugin signs in after three writes when another process overwrites each', async t => {
  const { store, ids } = await exchangeOverwritten(t, Infinity)
  t.equal(store.writes, 3)
  t.strictSame(ids, [1, 2, 3].map(n => `of-another-process-${n}`))
})
