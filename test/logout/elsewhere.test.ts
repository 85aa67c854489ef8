import t from 'tap'
import { standIn, startHost } from '../helpers/host.js'
import { logOut, TextStore } from '../helpers/logout.js'

/** A process that reads a record, and writes it after something else has happened to it. */
class LateStore extends TextStore {
  meanwhile: (() => Promise<unknown>) | undefined

  constructor (override readonly records: Map<string, string>) {
    super()
  }

  override set (...args: Parameters<TextStore['set']>): void {
    const [key, record, callback] = args
    const { meanwhile } = this
    if (meanwhile === undefined || !key.startsWith('metabase-')) return super.set(...args)
    this.meanwhile = undefined
    meanwhile().then(() => super.set(key, record, callback), callback)
  }
}

for (const cache of [false, true]) {
  t.test(`the plugin takes back what it writes after a logout in another process (cache: ${cache})`, async t => {
    const metabase = await standIn(t)
    const options = { logout: true, cache, instanceUrl: metabase.url }
    const store = new TextStore()
    const late = new LateStore(store.records)
    const one = await startHost(t, { session: { store }, options })
    const other = await startHost(t, { session: { store: late, rolling: false }, options })
    const cookies = await one.logIn()
    let report: unknown
    late.meanwhile = async () => { report = (await logOut(one.app, cookies)).json() }

    t.equal((await other.app.inject({ url: '/sso/metabase', cookies })).statusCode, 401)
    t.match(report, { ended: 0, remaining: 0 })
    t.equal(metabase.sessions.size, 0)
    t.notMatch([...store.records.values()].join(), /"issued"|"current"/)
    for (const { app } of [one, other]) {
      const { id } = (await app.inject({ url: '/sso/metabase', cookies })).json()
      t.ok(metabase.sessions.has(id), 'the next sign-in is not answered from what is over')
    }
  })
}
