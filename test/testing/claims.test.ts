import t from 'tap'
import { annsJwt, clock, sign } from './helpers/sign.js'
import { annsSession, ask, postJson, start, trade } from './helpers/stand-in.js'

for (const version of ['v58', 'v61'] as const) {
  t.test(`claims of ${version} become attributes, as text`, async t => {
    const metabase = await start(t, { version })
    const registered = { iss: 'us', sub: '1', aud: 'them', nbf: clock, jti: 'x' }
    const dropped = { object: {}, nothing: null, '@reserved': 'x', '@tenant.attributes': { a: 1 } }
    const kept = { plan: 'pro', seats: 3, rate: 0.5, trial: false }
    await trade(metabase, annsJwt({ first_name: 'Ann', ...registered, ...dropped, ...kept, list: ['a', 2] }))
    t.strictSame(metabase.users.get('ann@example.com')?.attributes, {
      plan: 'pro', seats: '3', rate: '0.5', trial: 'false', ...version === 'v61' && { list: 'a,2' }
    })
  })
}

t.test('an admin can rename the claims', async t => {
  const metabase = await start(t)
  metabase.settings.claimNames = {
    email: 'mail', firstName: 'given', lastName: 'family', groups: 'teams', tenant: 'org', tenantAttributes: 'about'
  }
  metabase.settings.tenants = new Map()
  metabase.settings.groupSync = true
  metabase.groups.set('a', { tenant: true })
  t.equal((await trade(metabase, annsJwt())).text, 'JWT token missing email claim')
  const renamed = {
    mail: 'ann@example.com', given: 'Ann', family: 'Lee', teams: ['a'], org: 'acme', about: { tier: 1 }
  }
  await trade(metabase, sign({ ...renamed, email: 'x' }))
  t.match(metabase.users.get('ann@example.com'), {
    first_name: 'Ann', last_name: 'Lee', groups: ['a'], tenant: 'acme', attributes: { email: 'x' }
  })
  t.strictSame(metabase.settings.tenants.get('acme')?.attributes, { tier: '1' })
})

t.test('attributes set by hand win over those of the JWT', async t => {
  const metabase = await start(t)
  const headers = await annsSession(metabase)
  Object.assign(metabase.users.get('ann@example.com') ?? {}, { loginAttributes: { region: 'South' } })
  await trade(metabase, annsJwt({ region: 'North', plan: 'pro' }))
  t.match((await ask(metabase, '/api/user/current', { headers })).json, {
    jwt_attributes: { region: 'North', plan: 'pro' }, login_attributes: { region: 'South' }
  })
  const { json } = await postJson(metabase, '/api/card/1/query', {}, headers)
  t.match(json, { data: { rows: [['Email'], ['Name'], ['Groups'], ['region', 'South'], ['plan', 'pro']] } })
})

t.test('a login before v56 replaces the attributes set by hand', async t => {
  const metabase = await start(t, { version: 'v55' })
  await trade(metabase, annsJwt())
  Object.assign(metabase.users.get('ann@example.com') ?? {}, { loginAttributes: { region: 'South' } })
  await trade(metabase, annsJwt({ region: 'North' }))
  t.match(metabase.users.get('ann@example.com'), { attributes: { region: 'North' }, loginAttributes: {} })
})
