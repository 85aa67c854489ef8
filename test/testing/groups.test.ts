import t from 'tap'
import type { MetabaseStandIn } from '../../testing/index.js'
import { annsJwt } from './helpers/sign.js'
import { logInError, postJson, start, trade } from './helpers/stand-in.js'

const groupsOf = ({ users }: MetabaseStandIn) => users.get('ann@example.com')?.groups

async function groupsAfter (metabase: MetabaseStandIn, claims: object): Promise<string[] | undefined> {
  await trade(metabase, annsJwt({ ...claims }))
  return groupsOf(metabase)
}

function makeGroups ({ groups, settings }: MetabaseStandIn, ...names: string[]): void {
  settings.groupSync = true
  for (const name of names) groups.set(name, {})
}

t.test('groups are left alone unless sync is on, which it is not', async t => {
  const metabase = await start(t)
  metabase.groups.set('a', {})
  t.strictSame(await groupsAfter(metabase, { groups: ['a'] }), [])
  metabase.settings.groupSync = true
  t.strictSame(await groupsAfter(metabase, { groups: ['a'] }), ['a'])
})

t.test('groups without mappings are the complete list, matched by name', async t => {
  const metabase = await start(t)
  makeGroups(metabase, 'a', 'b', 'by hand')
  t.strictSame(await groupsAfter(metabase, { groups: ['a', 'A', 'b', 'unknown', 'a'] }), ['a', 'b'])
  groupsOf(metabase)?.push('by hand', 'Administrators')
  t.strictSame(await groupsAfter(metabase, {}), ['a', 'b', 'by hand', 'Administrators'])
  t.strictSame(await groupsAfter(metabase, { groups: null }), ['a', 'b', 'by hand', 'Administrators'])
  t.strictSame(await groupsAfter(metabase, { groups: 'b' }), ['b'], 'a lone string')
  t.strictSame(await groupsAfter(metabase, { groups: ['Administrators'] }), ['Administrators'])
  t.strictSame(await groupsAfter(metabase, { groups: [] }), [])
  t.strictSame(await groupsAfter(metabase, { groups: { a: 1 } }), [])
})

for (const version of ['v50', 'v55', 'v58', 'v61'] as const) {
  t.test(`groups of ${version} with mappings: only mapped ones are touched`, async t => {
    const metabase = await start(t, { version })
    makeGroups(metabase, 'a', 'b', 'c', 'by hand')
    metabase.settings.groupMappings.set('team one', ['a', 'b']).set('team two', ['c', 'no such group'])
    t.strictSame(await groupsAfter(metabase, { groups: ['team one', 'team two', 'by hand'] }), ['a', 'b', 'c'])
    groupsOf(metabase)?.push('by hand')
    t.strictSame(await groupsAfter(metabase, { groups: ['team two'] }), ['by hand', 'c'])
    t.strictSame(await groupsAfter(metabase, {}), ['by hand', 'c'])
    t.strictSame(await groupsAfter(metabase, { groups: [] }), ['by hand'])
  })
}

t.test('groups before v56 need mappings', async t => {
  const metabase = await start(t, { version: 'v55' })
  makeGroups(metabase, 'a')
  t.strictSame(await groupsAfter(metabase, { groups: ['a'] }), [])
})

t.test('groups before v61 take a lone string for a list of its characters', async t => {
  const metabase = await start(t, { version: 'v58' })
  makeGroups(metabase, 'ab', 'b')
  t.strictSame(await groupsAfter(metabase, { groups: 'ab' }), ['b'])
})

async function withTenantGroup (metabase: MetabaseStandIn): Promise<void> {
  makeGroups(metabase, 'internal')
  metabase.groups.set('external', { tenant: true })
  metabase.settings.tenants = new Map()
}

t.test('a group of the wrong kind fails the login, and nothing remains of it', async t => {
  const metabase = await start(t)
  await withTenantGroup(metabase)
  const message = 'Cannot add non-tenant user to tenant-group or vice versa'
  const mismatches = [
    { groups: ['internal', 'external'] },
    { '@tenant': 'acme', groups: ['internal'] },
    { '@tenant': 'acme', groups: ['Administrators'] }
  ]
  for (const claims of mismatches) {
    t.match(
      await trade(metabase, annsJwt(claims)),
      { status: 400, json: { message, cause: message, trace: Array, data: { 'status-code': 400 } } }
    )
    t.match(
      await postJson(metabase, '/auth/sso/to_session', { jwt: annsJwt(claims) }), { status: 400, json: { message } }
    )
    t.strictSame(logInError(await postJson(metabase, '/auth/sso', { jwt: annsJwt(claims) })), [400, message])
  }
  t.strictSame(
    [metabase.logins, metabase.users.size, metabase.sessions.size, metabase.settings.tenants], [0, 0, 0, new Map()]
  )
  t.strictSame(await groupsAfter(metabase, { '@tenant': 'acme', groups: ['external'] }), ['external'])
  const bob = annsJwt({ email: 'bob@example.com', groups: ['internal'] })
  t.equal((await trade(metabase, bob)).status, 200)
})

t.test('a group of the wrong kind is left out before v61', async t => {
  const metabase = await start(t, { version: 'v58' })
  await withTenantGroup(metabase)
  t.strictSame(await groupsAfter(metabase, { groups: ['internal', 'external'] }), ['internal'])
})

t.test('a group of the wrong kind that the user has already fails no login', async t => {
  const metabase = await start(t)
  await withTenantGroup(metabase)
  await groupsAfter(metabase, {})
  groupsOf(metabase)?.push('external')
  t.strictSame(await groupsAfter(metabase, { groups: ['external'] }), ['external'])
})
