import t from 'tap'
import { annsJwt, clock, sign } from './helpers/sign.js'
import { start, trade } from './helpers/stand-in.js'

t.test('other top-level claims become attributes, as text', async t => {
  const metabase = await start(t)
  const registered = { iss: 'us', sub: '1', aud: 'them', nbf: clock, jti: 'x' }
  const dropped = { list: ['a'], object: {}, nothing: null, '@reserved': 'x', '@tenant.attributes': { a: 1 } }
  await trade(metabase, annsJwt({ first_name: 'Ann', ...registered, ...dropped, plan: 'pro', seats: 3, rate: 0.5, trial: false }))
  t.strictSame(metabase.users.get('ann@example.com')?.attributes, { plan: 'pro', seats: '3', rate: '0.5', trial: 'false' })
})

t.test('groups are synced only if there is a claim', async t => {
  const metabase = await start(t)
  const groupsAfter = async (claims: object) => {
    await trade(metabase, annsJwt({ ...claims }))
    return metabase.users.get('ann@example.com')?.groups
  }
  t.strictSame(await groupsAfter({ groups: ['a', 'b'] }), ['a', 'b'])
  t.strictSame(await groupsAfter({}), ['a', 'b'])
  t.strictSame(await groupsAfter({ groups: null }), ['a', 'b'])
  t.strictSame(await groupsAfter({ groups: 'c' }), ['c'], 'a lone string')
  t.strictSame(await groupsAfter({ groups: [] }), [])
})

t.test('older versions find no group in a lone string', async t => {
  const metabase = await start(t, { version: 'v55' })
  await trade(metabase, annsJwt({ groups: ['a'] }))
  await trade(metabase, annsJwt({ groups: 'b' }))
  t.strictSame(metabase.users.get('ann@example.com')?.groups, [])
})

t.test('an admin can rename the claims', async t => {
  const metabase = await start(t)
  metabase.settings.claimNames = { email: 'mail', firstName: 'given', lastName: 'family', groups: 'teams', tenant: 'org' }
  metabase.settings.tenants = new Map()
  t.equal((await trade(metabase, annsJwt())).text, 'JWT token missing email claim')
  await trade(metabase, sign({ mail: 'ann@example.com', given: 'Ann', family: 'Lee', teams: ['a'], org: 'acme', email: 'x' }))
  t.match(metabase.users.get('ann@example.com'), {
    first_name: 'Ann', last_name: 'Lee', groups: ['a'], tenant: 'acme', attributes: { email: 'x' }
  })
})
