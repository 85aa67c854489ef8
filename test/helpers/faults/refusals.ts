import type { MetabaseSsoErrorCode } from '../../../lib/errors.js'
import type { Fault } from '../diagnosis.js'
import { ANN } from '../host.js'
import { CLAIMS, userOf, type SignInSetup } from './sign-in.js'

type Change = (setup: SignInSetup) => unknown

/** Metabase refuses the user, whose account is there: the check `account` fails in the words of the error. */
const refusal = (code: MetabaseSsoErrorCode, seed: Change, mend: Change): Fault<SignInSetup> =>
  ({ check: 'account', problem: code, seed, mend })

/** Claims that name a tenant, and no group: those of CLAIMS are for other users. */
const claimsOf = (tenant: string | undefined) =>
  ({ email: ANN.email, ...tenant !== undefined && { '@tenant': tenant } })

/** A refusal where the account has one tenant, and the claims another or none. */
const tenantRefusal = (
  code: MetabaseSsoErrorCode, ofAccount: string | null, ofClaims: string | undefined, mend: Change,
  more: Change = () => {}
): Fault<SignInSetup> => refusal(code, setup => {
  setup.metabase.settings.release = '64.1' // one that has no known fault with tenants
  setup.metabase.settings.tenants = new Map(['acme', 'other'].map(slug => [slug, { active: true }]))
  userOf(setup).tenant = ofAccount
  setup.claims = claimsOf(ofClaims)
  more(setup)
}, mend)

const setActive = ({ metabase: { settings } }: SignInSetup, active: boolean): void => {
  settings.userProvisioning = active // which would wake the tenant
  settings.tenants = new Map([['acme', { active }]])
}

/** What is refused at a sign-in, by the code of its error. */
export const refusalFaults: Record<string, Fault<SignInSetup>> = {
  'provisioning off': refusal('METABASE_SSO_ACCOUNT_REFUSED', ({ metabase }) => {
    metabase.settings.userProvisioning = false
    metabase.users.clear()
  }, ({ metabase }) => { metabase.settings.userProvisioning = true }),
  'a deactivated account': refusal('METABASE_SSO_ACCOUNT_REFUSED', setup => {
    setup.metabase.settings.userProvisioning = false
    userOf(setup).active = false
  }, setup => { userOf(setup).active = true }),
  'e-mail renamed': refusal('METABASE_SSO_EMAIL_CLAIM_UNKNOWN',
    ({ metabase }) => { metabase.settings.claimNames.email = 'mail' },
    ({ settings }) => { settings.claimNames = { email: 'mail' } }),
  'tenants off': tenantRefusal('METABASE_SSO_TENANTS_DISABLED', 'acme', 'acme',
    ({ metabase }) => { metabase.settings.tenants = new Map([['acme', { active: true }]]) },
    ({ metabase }) => { metabase.settings.tenants = false }),
  'a tenant that is deactivated': tenantRefusal('METABASE_SSO_TENANT_INACTIVE', 'acme', 'acme',
    setup => setActive(setup, true), setup => setActive(setup, false)),
  'an internal account': tenantRefusal('METABASE_SSO_TENANT_ON_INTERNAL_USER', null, 'acme',
    setup => { userOf(setup).tenant = 'acme' }),
  'claims without the tenant': tenantRefusal('METABASE_SSO_TENANT_REQUIRED', 'acme', undefined,
    setup => { setup.claims = claimsOf('acme') }),
  'the tenant of another account': tenantRefusal('METABASE_SSO_TENANT_MISMATCH', 'acme', 'other',
    setup => { setup.claims = claimsOf('acme') }),
  'a group for tenants': tenantRefusal('METABASE_SSO_TENANT_GROUP_MISMATCH', null, undefined,
    setup => { setup.claims = CLAIMS },
    setup => {
      setup.metabase.groups.set('tenants', { tenant: true })
      setup.metabase.settings.groupMappings.set('tenants', ['tenants'])
      setup.claims = { ...claimsOf(undefined), groups: ['tenants'] }
    })
}
