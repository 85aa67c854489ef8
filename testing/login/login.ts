import { randomUUID } from 'node:crypto'
import type { Instance } from '../instance.js'
import { Refused } from '../failures/refusals.js'
import type { IssuedSession, MetabaseUser } from '../types.js'
import { userAttributes } from './attributes.js'
import { groupsAfterLogin } from './groups.js'
import type { Claims } from './jwt.js'
import { checkTenant, saveTenant, tenantClaim } from './tenants.js'

/** Reads the e-mail address of the claims. */
export function emailClaim ({ settings }: Instance, claims: Claims): string {
  const email = claims[settings.claimNames.email]
  if (typeof email !== 'string' || email === '') throw new Refused('missing-email')
  return email
}

/** Reads a name; absent keeps what is known. */
function nameClaim (claim: unknown, known: string | null = null): string | null {
  return typeof claim === 'string' ? claim : known
}

/**
 * Logs in the user that the claims describe, as Metabase does once a JWT is found valid.
 * A refusal changes nothing: no user, tenant or session remains of it.
 */
export function logIn (metabase: Instance, claims: Claims): IssuedSession {
  const { row, users, settings: { claimNames: names, userProvisioning } } = metabase
  const tenant = tenantClaim(metabase, claims)
  const email = emailClaim(metabase, claims)
  const known = users.get(email.toLowerCase())
  if (!known?.active && !userProvisioning) throw new Refused('account-needed')
  checkTenant(metabase, known, tenant)

  const user: MetabaseUser = {
    id: users.size + 1,
    email,
    groups: [],
    tenant,
    ...known,
    first_name: nameClaim(claims[names.firstName], known?.first_name),
    last_name: nameClaim(claims[names.lastName], known?.last_name),
    attributes: userAttributes(metabase, claims),
    // Before they were kept apart, each login replaced what an admin had set.
    loginAttributes: row.attributesApart ? known?.loginAttributes ?? {} : {},
    active: true
  }
  user.groups = groupsAfterLogin(metabase, user, claims)

  saveTenant(metabase, tenant, claims)
  users.set(email.toLowerCase(), known === undefined ? user : Object.assign(known, user))
  const session = { id: randomUUID(), email: user.email }
  metabase.sessions.set(session.id, session)
  metabase.logins += 1
  return session
}
