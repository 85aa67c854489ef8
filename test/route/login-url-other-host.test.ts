import t from 'tap'
import { NAVIGATION, startHost } from '../helpers/host.js'

t.test('a login path with a tenant of the visitor in it cannot lead to another host', async t => {
  const loginUrl = (request: { headers: Record<string, unknown> }) => `/${String(request.headers['x-tenant'])}/login`
  const { app } = await startHost(t, { options: { loginUrl } })
  for (const tenant of [
    './/evil.example', '..//evil.example', 'a/..//evil.example', '%2e//evil.example', '\t/evil.example'
  ]) {
    const response = await app.inject({ url: '/sso/metabase', headers: { ...NAVIGATION, 'x-tenant': tenant } })
    const end = new URL(String(response.headers.location ?? '/'), 'http://host.example')
    t.equal(end.host, 'host.example', tenant)
  }
})
