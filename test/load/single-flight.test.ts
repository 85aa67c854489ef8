import t from 'tap'
import { outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import { until } from '../helpers/until.js'

t.test('the route shares an exchange among requests of one user session', async t => {
  const { app, metabase, logIn } = await startHost(t)
  const [ann, other] = [await logIn(), await logIn()]
  const ask = async (cookies: typeof ann) => await app.inject({ url: '/sso/metabase', cookies })
  const responses = await Promise.all([ann, ann, ann, other, other].map(ask))
  t.strictSame(responses.map(outcome), Array(5).fill(['ok', 200]))
  const ids = responses.map(response => response.json().id)
  t.strictSame([new Set(ids.slice(0, 3)).size, new Set(ids.slice(3)).size, new Set(ids).size], [1, 1, 2])
  t.equal(metabase.logins, 2)

  await ask(ann)
  t.equal(metabase.logins, 3, 'a later request has an exchange of its own')
})

t.test('the route does not share an exchange for other claims', async t => {
  let calls = 0
  const mapUserToClaims = ({ email }: { email: string }) => ({ email, visit: ++calls })
  const { app, metabase, logIn } = await startHost(t, { options: { mapUserToClaims } })
  const cookies = await logIn()
  await Promise.all([1, 2].map(async () => await app.inject({ url: '/sso/metabase', cookies })))
  t.equal(metabase.logins, 2)
})

for (const [what, session] of Object.entries({
  'beside sessions that are new each time, and not kept': {},
  'where the session does not reach': { cookie: { secure: false, path: '/elsewhere' } }
})) {
  t.test(`the route shares by e-mail ${what}`, async t => {
    const getUser = ({ headers }: { headers: Record<string, unknown> }) => ({ email: String(headers.authorization) })
    const { app, metabase } = await startHost(t, { options: { getUser }, session })
    const ask = async (authorization: string) => {
      const response = await app.inject({ url: '/sso/metabase', headers: { authorization } })
      return [authorization, metabase.sessions.get(response.json().id)?.email]
    }
    const [ann, bob] = ['ann@example.com', 'bob@example.com']
    const users = [ann, ann, bob, ann, bob]
    t.strictSame(await Promise.all(users.map(ask)), users.map(email => [email, email]))
    t.equal(metabase.logins, 2)
    await ask(ann)
    t.equal(metabase.logins, 3)
  })
}

t.test('the route does not share with a user session what is for a client without one', async t => {
  const { app, metabase, logIn } = await startHost(t, { options: { getUser: () => ({ email: 'ann@example.com' }) } })
  const cookies = await logIn()
  const [one, other] = await Promise.all([{ cookies }, { headers: { authorization: 'Bearer of Ann' } }]
    .map(async request => (await app.inject({ url: '/sso/metabase', ...request })).json().id))
  t.not(one, other)
  t.equal(metabase.logins, 2)
})

t.test('the route fails for all that share an exchange, and does not keep the failure', async t => {
  const { app, metabase, logIn } = await startHost(t)
  const cookies = await logIn()
  metabase.fail('sso-disabled', { times: 1 })
  const ask = async () => outcome(await app.inject({ url: '/sso/metabase', cookies }))
  t.strictSame(await Promise.all([ask(), ask()]), Array(2).fill(['METABASE_SSO_SSO_DISABLED', 502]))
  t.strictSame(await ask(), ['ok', 200])
})

t.test('the plugin never shares what the host asks for itself', async t => {
  const { app, metabase } = await startHost(t)
  app.get('/own', async request => await app.metabaseSso.exchange({ email: 'ann@example.com' }, request))
  await Promise.all([1, 2].map(async () => await app.inject('/own')))
  t.equal(metabase.logins, 2)
})

t.test('the route does not share an exchange when the user loses a group meanwhile', async t => {
  const teams = ['Analysts', 'Managers']
  const mapUserToClaims = ({ email }: { email: string }) => ({ email, groups: teams })
  const { app, metabase, logIn } = await startHost(t, { options: { mapUserToClaims } })
  const cookies = await logIn()
  const ask = async () => await app.inject({ url: '/sso/metabase', cookies })
  const first = ask()
  await until(() => metabase.requests.length > 0)
  teams.pop()
  await Promise.all([first, ask()])
  t.equal(metabase.logins, 2)
})
