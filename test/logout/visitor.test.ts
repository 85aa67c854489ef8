import t from 'tap'
import { cookiesOf, startHost, type Cookies } from '../helpers/host.js'
import { logOut, TextStore } from '../helpers/logout.js'

const ours = ({ records }: TextStore) => [...records.keys()].filter(key => key.startsWith('metabase-'))

for (const saveUninitialized of [false, true]) {
  t.test(`the route leaves nothing for requests that brought no session (saved: ${saveUninitialized})`, async t => {
    const store = new TextStore()
    const host = await startHost(t, { session: { store, saveUninitialized }, options: { logout: true, cache: true } })
    const { app, metabase, logIn } = host
    app.post('/leave', async request => { await request.session.destroy(); return 'bye' })
    const over = await logIn()
    await app.inject({ method: 'POST', url: '/leave', cookies: over })
    const [name = '', value = ''] = Object.entries(over)[0] ?? []
    const brought: Record<string, Cookies> = {
      'no cookie': {},
      'a cookie of a session that is over': over,
      'a cookie with a forged signature': { [name]: `${value.slice(0, -4)}AAAA` },
      'a cookie of another app': { [name]: 'a text' }
    }
    for (const [what, cookies] of Object.entries(brought)) {
      for (let i = 0; i < 20; i++) t.match((await logOut(app, cookies)).json(), { ended: 0, remaining: 0 }, what)
    }
    t.strictSame(ours(store), [])
    t.strictSame(metabase.requests, [])
    if (saveUninitialized) t.ok(Object.keys(cookiesOf(await logOut(app, {}))).length > 0, 'the host itself keeps one')
  })
}
