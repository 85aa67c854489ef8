import t from 'tap'
import metabaseSso from '../../index.js'
import { whoIs } from '../helpers/browser.js'
import { ourPolicyHolds } from '../helpers/cors.js'
import { ANN, ORIGIN, SECRET, startHost } from '../helpers/host.js'

for (const prefix of ['/v1', '/v1/', 'v1', '/:tenant/v1']) {
  t.test(`the prefix "${prefix}" does what it does to any plugin`, async t => {
    const host = await startHost(t, { options: { prefix } })
    const { app, metabase, logIn } = host
    const url = prefix.includes(':') ? '/acme/v1/sso/metabase' : '/v1/sso/metabase'
    const cookies = await logIn()
    t.equal(await whoIs(metabase, (await app.inject({ url, cookies })).json().id), ANN.email)
    t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 404)
    t.ok(app.hasDecorator('metabaseSso'), 'where the plugin was registered')
    await ourPolicyHolds(t, host, url)
  })
}

t.test('logLevel holds for our route alone', async t => {
  const { app, logs, metabase, logIn } = await startHost(t, { options: false })
  app.register(metabaseSso, { secret: SECRET, instanceUrl: metabase.url, logLevel: 'silent' })
  const cookies = await logIn()
  const before = logs.length
  t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 200)
  t.equal((await app.inject('/sso/metabase')).statusCode, 401)
  t.equal(logs.length, before, 'nothing of ours is logged')
  await app.inject('/nowhere')
  t.ok(logs.length > before, 'other routes are')
})

t.test('a logLevel of warn leaves the failures that need somebody', async t => {
  const { app, logs, metabase, logIn } = await startHost(t, { options: false })
  app.register(metabaseSso, { secret: SECRET, instanceUrl: metabase.url, logLevel: 'warn' })
  const cookies = await logIn()
  const before = logs.length
  await app.inject({ url: '/sso/metabase', cookies })
  await app.inject('/sso/metabase')
  t.equal(logs.length, before)
  metabase.fail('wrong-secret')
  await app.inject({ url: '/sso/metabase', cookies })
  t.match(logs.slice(before), [{ level: 50, err: { code: 'METABASE_SSO_SECRET_REFUSED' } }])
})

t.test('logSerializers hold for our route alone', async t => {
  const { app, logs, metabase } = await startHost(t, { options: false })
  const req = ({ method }: { method: string }) => `seen: ${method}`
  app.register(metabaseSso, { secret: SECRET, instanceUrl: metabase.url, logSerializers: { req } })
  await app.inject('/sso/metabase')
  await app.inject('/nowhere')
  const requests = logs.filter(({ msg }) => msg === 'incoming request').map(line => line.req)
  t.match(requests, ['seen: GET', { url: '/nowhere' }])
})

for (const [name, options] of [
  ['a function', (url: string) => () => ({ secret: SECRET, instanceUrl: url, origin: ORIGIN, prefix: '/v1' })],
  ['a function of the parent', (url: string) => (parent: object) =>
    ({ secret: SECRET, instanceUrl: url, prefix: 'inject' in parent ? '/v1' : '/v0' })]
] as const) {
  t.test(`the options may be ${name}`, async t => {
    const { app, metabase, logIn } = await startHost(t, { options: false })
    app.register(metabaseSso, options(metabase.url))
    const { id } = (await app.inject({ url: '/v1/sso/metabase', cookies: await logIn() })).json()
    t.equal(await whoIs(metabase, id), ANN.email)
  })
}
