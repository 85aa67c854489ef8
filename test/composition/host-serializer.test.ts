import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { askAsEmbedJs, EMBEDDING_SECRET } from '../helpers/guest.js'
import { startHost } from '../helpers/host.js'
import { logOut } from '../helpers/logout.js'

const WRAPPERS: Record<string, (app: FastifyInstance) => unknown> = {
  'a preSerialization hook': app => app.addHook('preSerialization', async (_request, _reply, payload) =>
    ({ data: payload })),
  setReplySerializer: app => app.setReplySerializer(payload => JSON.stringify({ data: payload }))
}

for (const [name, wrap] of Object.entries(WRAPPERS)) {
  t.test(`the routes answer unwrapped where the host wraps its JSON by ${name}`, async t => {
    const { app, logIn } = await startHost(t, {
      before: app => { wrap(app) },
      after: app => { app.get('/own', async () => ({ mine: true })) },
      options: { logout: true, guest: { secret: EMBEDDING_SECRET, authorize: () => ({}) } }
    })
    const cookies = await logIn()

    t.same((await app.inject('/own')).json(), { data: { mine: true } }, 'the host does wrap')
    const jwt = await app.inject({ url: '/sso/metabase?response=json', cookies })
    t.equal(jwt.headers['content-type'], 'application/json; charset=utf-8')
    t.same(Object.keys(jwt.json()), ['jwt'])
    t.match((await app.inject({ url: '/sso/metabase', cookies })).json(), { status: 'ok' })
    t.match((await app.inject('/sso/metabase')).json(), { status: 'error', code: 'METABASE_SSO_NOT_AUTHENTICATED' })
    t.same(Object.keys((await askAsEmbedJs(app, { entityType: 'dashboard', entityId: 1 }, cookies)).json()), ['jwt'])
    t.match((await logOut(app, cookies)).json(), { ended: 1, remaining: 0 })
  })
}
