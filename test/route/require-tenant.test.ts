import t from 'tap'
import { startHost } from '../helpers/host.js'

t.test('with requireTenant, the plugin signs no claims without a tenant', async t => {
  const { app, metabase, logIn } = await startHost(t, { options: { requireTenant: true } })
  const cookies = await logIn()
  for (const url of ['/sso/metabase', '/sso/metabase?response=json']) {
    const response = await app.inject({ url, cookies })
    t.match([response.statusCode, response.json()], [500, { code: 'METABASE_SSO_CLAIM_TENANT_MISSING' }])
  }
  t.strictSame(metabase.requests, [])
})

t.test('with a tenant they are', async t => {
  const { app, metabase, logIn } = await startHost(t, {
    options: { requireTenant: true, mapUserToClaims: ({ email }) => ({ email, '@tenant': 'acme' }) }
  })
  metabase.settings.tenants = new Map([['acme', { active: true }]])
  t.equal((await app.inject({ url: '/sso/metabase', cookies: await logIn() })).statusCode, 200)
  t.equal(metabase.users.get('ann@example.com')?.tenant, 'acme')
})
