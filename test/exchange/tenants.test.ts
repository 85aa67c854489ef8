import t, { type Test } from 'tap'
import { asAnn, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'

type Tenants = Map<string, { active: boolean }>

/** A Metabase with tenants, and a way to sign in as a member of one. */
async function withTenants (t: Test, version: 'v58' | 'v61', tenants: Tenants | false = new Map()) {
  let tenant: string | undefined
  const host = await startHost(t, {
    metabase: { version },
    options: { mapUserToClaims: user => ({ email: user.email, '@tenant': tenant }) }
  })
  host.metabase.settings.tenants = tenants
  const ask = await asAnn(host)
  return {
    settings: host.metabase.settings,
    async signIn (slug?: string) {
      tenant = slug
      return outcome(await ask())
    }
  }
}

for (const version of ['v58', 'v61'] as const) {
  t.test(`${version}: an internal user cannot become a tenant's`, async t => {
    const { signIn } = await withTenants(t, version)
    t.strictSame(await signIn(), ['ok', 200])
    t.strictSame(await signIn('acme'), ['METABASE_SSO_TENANT_ON_INTERNAL_USER', 403])
    t.strictSame(await signIn(), ['ok', 200])
  })

  t.test(`${version}: a tenant's user stays that tenant's`, async t => {
    const { signIn } = await withTenants(t, version)
    t.strictSame(await signIn('acme'), ['ok', 200])
    t.strictSame(await signIn(), ['METABASE_SSO_TENANT_REQUIRED', 403])
    t.strictSame(await signIn('globex'), ['METABASE_SSO_TENANT_MISMATCH', 403])
    t.strictSame(await signIn('acme'), ['ok', 200])
  })

  t.test(`${version}: users of a deactivated tenant are refused`, async t => {
    const tenants: Tenants = new Map([['acme', { active: true }]])
    const { signIn, settings } = await withTenants(t, version, tenants)
    t.strictSame(await signIn('acme'), ['ok', 200])
    settings.userProvisioning = false // else Metabase reactivates the tenant
    tenants.set('acme', { active: false })
    t.strictSame(await signIn('acme'), ['METABASE_SSO_TENANT_INACTIVE', 403])
  })

  t.test(`${version}: with tenants off, Metabase's refusal of a first sign-in has its code`, async t => {
    const { signIn } = await withTenants(t, version, false)
    t.strictSame(await signIn('acme'), ['METABASE_SSO_TENANTS_DISABLED', 403])
    t.strictSame(await signIn(), ['ok', 200])
    t.strictSame(await signIn('acme'), ['METABASE_SSO_TENANTS_DISABLED', 403])
  })
}
