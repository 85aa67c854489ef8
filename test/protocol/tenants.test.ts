import type { MetabaseUser } from '../../testing/types.js'
import { ANN } from '../helpers/host.js'
import { all, runTable, set, firewall, type Outcome, type Row, type SetUp } from './table.js'

// The tenants of metabase-protocol.md, sections 2 and 4.

const CLEAN: Outcome = ['ok', 200, 1, 1, 'clean']
const refused = (code: string): Outcome => [code, 403, 0, 0, 'clean']

/** Signs in with these claims beside the e-mail. */
const withClaims = (claims: object): SetUp => () => ({ mapUserToClaims: ({ email }) => ({ email, ...claims }) })
const acme = withClaims({ '@tenant': 'acme' })
const noTenant = withClaims({})
const tenants = (active = true): SetUp => ({ settings }) => {
  settings.tenants = new Map([['acme', { active }], ['globex', { active: true }]])
}
/** Has Ann's account already, as a user of this tenant. */
const knownIn = (tenant: string | null): SetUp => ({ users }) => {
  const ann: MetabaseUser = {
    id: 1, email: ANN.email, first_name: null, last_name: null, groups: [], attributes: {}, tenant, active: true
  }
  users.set(ANN.email, ann)
}
/** Syncs a group of each kind, by name. */
const groups: SetUp = ({ groups, settings }) => {
  settings.groupSync = true
  groups.set('team', {}).set('tenant team', { tenant: true })
}
const hidden = set({ hideStacktraces: true })
const texts = set({ textErrors: true })

const internal = all(tenants(), knownIn(null), acme)
const required = all(tenants(), knownIn('acme'), noTenant)
const mismatch = all(tenants(), knownIn('globex'), acme)
const inactive = all(tenants(false), set({ userProvisioning: false }), knownIn('acme'), acme)
const disabled = all(acme)
const disabledSince = all(knownIn('acme'), noTenant)
const tenantGroup = all(tenants(), groups, withClaims({ groups: ['tenant team'] }))
const ownGroup = all(tenants(), groups, withClaims({ groups: ['team'], '@tenant': 'acme' }))

const T = ['v58', 'v61'] as const

/** The conflicts, as they are told in words. */
const conflicts = (name: string, ...more: SetUp[]): Row[] => [
  [`internal user${name}`, T, all(...more, internal), refused('METABASE_SSO_TENANT_ON_INTERNAL_USER')],
  [`tenant required${name}`, T, all(...more, required), refused('METABASE_SSO_TENANT_REQUIRED')],
  [`other tenant${name}`, T, all(...more, mismatch), refused('METABASE_SSO_TENANT_MISMATCH')],
  [`inactive tenant${name}`, T, all(...more, inactive), refused('METABASE_SSO_TENANT_INACTIVE')],
  [`tenants off${name}`, T, all(...more, disabled), refused('METABASE_SSO_TENANTS_DISABLED')],
  [`tenants off since${name}`, T, all(...more, disabledSince), refused('METABASE_SSO_TENANTS_DISABLED')]
]

runTable([
  ['new tenant', T, all(tenants(), withClaims({ '@tenant': 'initech' })), CLEAN],
  ['right tenant', T, all(tenants(), knownIn('acme'), acme), CLEAN],
  ['right tenant, a number', T, all(tenants(), knownIn('7'), withClaims({ '@tenant': 7 })), CLEAN],
  ['inactive, provisioning on', T, all(tenants(false), knownIn('acme'), acme), CLEAN],
  ['no tenants yet', ['v56'], acme, CLEAN],
  ['no tenants yet', ['v50', 'v55'], acme, ['ok', 200, 1, 1, 'jwt']],

  ...conflicts(''),
  ...conflicts(', in texts', texts),
  ...conflicts(', in texts, hidden', texts, hidden),
  ['internal user, hidden', T, all(hidden, internal), refused('METABASE_SSO_TENANT_REFUSED')],
  ['tenant required, hidden', T, all(hidden, required), refused('METABASE_SSO_TENANT_REFUSED')],
  ['other tenant, hidden', T, all(hidden, mismatch), refused('METABASE_SSO_TENANT_REFUSED')],
  ['inactive tenant, hidden', T, all(hidden, inactive), refused('METABASE_SSO_TENANT_REFUSED')],
  // A text is not hidden.
  ['tenants off, hidden', T, all(hidden, disabled), refused('METABASE_SSO_TENANTS_DISABLED')],
  ['before PR 66172', T, all(tenants(), acme, metabase => metabase.fail('tenant-info-mismatch', { on: 'jwt' })),
    refused('METABASE_SSO_TENANT_REFUSED')],
  // The plugin refuses such a claim before it signs.
  ['tenant no string', T, all(tenants(), acme, metabase => metabase.fail('tenant-not-a-string', { on: 'jwt' })),
    ['METABASE_SSO_TENANT_CLAIM_REFUSED', 502, 0, 0, 'clean']],

  // Since PR 78492; until then Metabase leaves the group out.
  ['group of tenants', ['v58'], tenantGroup, CLEAN],
  ['group of tenants', ['v61'], tenantGroup, refused('METABASE_SSO_TENANT_GROUP_MISMATCH')],
  ['group of others', ['v58'], ownGroup, CLEAN],
  ['group of others', ['v61'], ownGroup, refused('METABASE_SSO_TENANT_GROUP_MISMATCH')],
  // The two other refusals by `to_session` with this status are texts or name the JWT.
  ['group of tenants, hidden', ['v61'], all(hidden, tenantGroup), refused('METABASE_SSO_TENANT_GROUP_MISMATCH')]
])

/** By POST the conflicts are pages, which show their words even where stack traces are hidden. */
const byPost: Row[] = [...conflicts(', by POST'), ...conflicts(', by POST, hidden', hidden)]
runTable([
  ...byPost.map(([name, , setUp, expected]): Row => [name, ['v61'], setUp, expected]),
  ['group of tenants, by POST', ['v61'], tenantGroup, refused('METABASE_SSO_TENANT_GROUP_MISMATCH')],
  ['group of others, by POST', ['v61'], ownGroup, refused('METABASE_SSO_TENANT_GROUP_MISMATCH')]
], firewall)
