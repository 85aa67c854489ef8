import t from 'tap'
import type { MetabaseStandIn } from '../../testing/index.js'
import { annsJwt } from './helpers/sign.js'
import { ask, start, trade } from './helpers/stand-in.js'

async function logIn (metabase: MetabaseStandIn, email: string, tenant?: unknown): Promise<string> {
  const { status, text, json } = await trade(metabase, annsJwt({ email, '@tenant': tenant }))
  return json.status === 'ok' ? 'ok' : `${status} ${json.message ?? text}`
}

t.test('the first login decides whether a user is a tenant\'s', async t => {
  const metabase = await start(t)
  metabase.settings.tenants = new Map([['acme', { active: true }]])
  t.equal(await logIn(metabase, 'in@example.com'), 'ok')
  t.equal(await logIn(metabase, 'in@example.com', 'acme'), '403 Cannot add tenant claim to internal user')
  t.equal(await logIn(metabase, 'ex@example.com', 'acme'), 'ok')
  t.equal(await logIn(metabase, 'ex@example.com', 'acme'), 'ok')
  t.equal(await logIn(metabase, 'ex@example.com'), '403 Tenant claim required for external user')
  t.equal(await logIn(metabase, 'ex@example.com', 'other'), '403 Tenant ID mismatch with existing user')
  t.equal(metabase.logins, 3)
  t.strictSame([...metabase.users.values()].map(({ tenant }) => tenant), [null, 'acme'])
})

t.test('provisioning creates and reactivates tenants', async t => {
  const metabase = await start(t)
  const tenants = metabase.settings.tenants = new Map([['asleep', { active: false }]])
  t.equal(await logIn(metabase, 'a@example.com', 'asleep'), 'ok')
  t.equal(await logIn(metabase, 'b@example.com', 42), 'ok')
  t.strictSame([...tenants].map(([slug, { active }]) => [slug, active]), [['asleep', true], ['42', true]])

  metabase.settings.userProvisioning = false
  tenants.set('asleep', { active: false })
  t.equal(await logIn(metabase, 'a@example.com', 'asleep'), '403 Tenant is not active')
})

t.test('tenants are refused where the feature is off', async t => {
  const metabase = await start(t)
  t.equal(await logIn(metabase, 'ann@example.com', 'acme'), '403 Tenants and tenant users are disabled.')
  t.equal(await logIn(metabase, 'ann@example.com', null), 'ok')
  t.equal(await logIn(metabase, 'ann@example.com', ''), 'ok')

  metabase.settings.tenants = new Map()
  t.equal(await logIn(metabase, 'ex@example.com', 'acme'), 'ok')
  metabase.settings.tenants = false
  t.equal(await logIn(metabase, 'ex@example.com'), '403 Tenants and tenant users are disabled.')
})

t.test('a tenant is a string or an integer', async t => {
  const metabase = await start(t)
  for (const tenant of [1.5, true, ['acme']]) {
    t.equal(await logIn(metabase, 'ann@example.com', tenant), '401 Value of `@tenant` must be a string')
  }
})

t.test('versions without tenants drop the claim', async t => {
  const metabase = await start(t, { version: 'v50' })
  t.equal((await ask(metabase, `/auth/sso?token=true&jwt=${annsJwt({ '@tenant': 'acme' })}`)).status, 200)
  t.match(metabase.users.get('ann@example.com'), { tenant: null, attributes: {} })
  Object.assign(metabase.users.get('ann@example.com') ?? {}, { tenant: 'acme' })
  t.equal((await ask(metabase, `/auth/sso?token=true&jwt=${annsJwt()}`)).status, 200, 'after a downgrade')
})

t.test('a conflict of tenants is JSON that shows both sides', async t => {
  const metabase = await start(t)
  metabase.settings.tenants = new Map([['other', { active: true }], ['acme', { active: true }]])
  await logIn(metabase, 'ex@example.com', 'acme')
  const conflict = await trade(metabase, annsJwt({ email: 'ex@example.com', '@tenant': 'other' }))
  t.match(conflict.headers.get('content-type'), /^application\/json/)
  const message = 'Tenant ID mismatch with existing user'
  const known = {
    'user/tenant-id': 2, 'user/tenant-slug': 'acme', 'tenant-slug/tenant-id': 1, 'tenant-slug/slug': 'other'
  }
  t.match(conflict, {
    status: 403,
    json: {
      message, cause: message, via: [{ message }], trace: Array, ...known, data: { ...known, 'status-code': 403 }
    }
  })
  t.match(
    (await trade(metabase, annsJwt({ email: 'ex@example.com', '@tenant': 'new' }))).json,
    { 'tenant-slug/tenant-id': null }
  )

  metabase.settings.textErrors = true
  const asText = await trade(metabase, annsJwt({ email: 'ex@example.com' }))
  t.match(asText, { status: 403, text: 'Tenant claim required for external user' })
  t.equal(asText.headers.get('content-type'), null)
})

t.test('tenant attributes are added and never overwritten', async t => {
  const metabase = await start(t)
  const tenants = metabase.settings.tenants = new Map([['acme', { active: true, attributes: { tier: 'gold' } }]])
  const attributesAfter = async (attributes: unknown) => {
    t.equal((await trade(metabase, annsJwt({ '@tenant': 'acme', '@tenant.attributes': attributes }))).status, 200)
    return tenants.get('acme')?.attributes
  }
  t.strictSame(await attributesAfter({ tier: 'silver', seats: 5, none: null, '@x': 1 }), { seats: '5', tier: 'gold' })
  for (const noMap of ['text', ['a'], null, 5]) t.strictSame(await attributesAfter(noMap), { seats: '5', tier: 'gold' })
  t.strictSame(metabase.users.get('ann@example.com')?.attributes, {})
})
