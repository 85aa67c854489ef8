import t from 'tap'
import metabaseSso, { type MetabaseSsoOptions } from '../../index.js'
import { SECRET, startHost } from '../helpers/host.js'

const own = (rest: Partial<MetabaseSsoOptions> & { prefix?: string }) =>
  ({ secret: SECRET, instanceUrl: 'http://metabase.invalid', ...rest })

for (const [name, code, taken, first, second] of [
  ['the same path twice', 'PATH', 'the route GET /sso/metabase', { namespace: 'a' }, { namespace: 'b' }],
  [
    'the same path twice, once by a prefix',
    'PATH',
    'the route GET /v1/sso',
    { namespace: 'a', path: '/v1/sso' },
    { namespace: 'b', path: '/sso', prefix: '/v1' }
  ],
  [
    'the same path twice, with a slash more',
    'PATH',
    'the route GET /v1/sso/metabase',
    { namespace: 'a', prefix: '/v1' },
    { namespace: 'b', prefix: '/v1/' }
  ],
  [
    'the same path twice, with a slash more each',
    'PATH',
    'the route GET /v1/sso/metabase',
    { namespace: 'a', prefix: '/v1/' },
    { namespace: 'b', prefix: '/v1/' }
  ],
  ['no namespace twice', 'NAMESPACE', 'app.metabaseSso', { path: '/a' }, { path: '/b' }],
  ['the same namespace twice', 'NAMESPACE', 'app.metabaseSso.eu', { path: '/a', namespace: 'eu' }, { path: '/b', namespace: 'eu' }]
] as const) {
  t.test(`${name} is refused when the app starts`, async t => {
    const { app } = await startHost(t, { options: false })
    app.register(metabaseSso, own(first))
    app.register(metabaseSso, own(second))
    await t.rejects(async () => { await app.ready() }, {
      code: `METABASE_SSO_${code}_TAKEN`, message: new RegExp(` ${taken} is already taken`)
    })
  })
}

for (const method of ['GET', 'OPTIONS'] as const) {
  t.test(`a ${method} route of the host's at our path is refused when the app starts, and named`, async t => {
    const { app } = await startHost(t, {
      before: app => { app.route({ method, url: '/sso/metabase', handler: async () => 'own' }) }
    })
    await t.rejects(async () => {
      await app.ready()
    }, { code: 'METABASE_SSO_PATH_TAKEN', message: new RegExp(`${method} /sso/metabase`) })
  })
}

t.test('a route of the host that only looks alike is none of our business', async t => {
  const { app } = await startHost(t, {
    before (app) {
      app.get('/sso/:name', async () => 'parametric')
      app.get('/sso/*', async () => 'wildcard')
      app.post('/sso/metabase', async () => 'posted')
    }
  })
  t.equal((await app.inject('/sso/metabase')).statusCode, 401)
  t.equal((await app.inject('/sso/other')).body, 'parametric')
  t.equal((await app.inject('/sso/a/b')).body, 'wildcard')
  t.equal((await app.inject({ method: 'POST', url: '/sso/metabase' })).body, 'posted')
})
