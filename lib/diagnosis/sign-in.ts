import { REGISTERED, wireNames } from '../claims.js'
import { MetabaseSsoError } from '../errors.js'
import type { Dispatch } from '../metabase/call-policy.js'
import { createMetabaseClient } from '../metabase/client.js'
import { isSuccess, jsonOf } from '../metabase/responses.js'
import { createRevocation } from '../metabase/revocation.js'
import { found, pass, skip, type Checks } from './run.js'

type Values = Readonly<Record<string, unknown>>

/** Errors of an exchange without a response of Metabase, which may have made a session all the same. */
const UNANSWERED: ReadonlySet<string> =
  new Set(['METABASE_SSO_TIMEOUT', 'METABASE_SSO_UNREACHABLE', 'METABASE_SSO_GATEWAY_FAILED'])

/** Metabase has numbers for ids. Anything else may have no text at all. */
const idOf = ({ id }: Values): string => typeof id === 'number' ? String(id) : 'without an id'

const namesOf = (entries: Array<[string, unknown]>): string => entries.map(([name]) => name).join(', ')

/** Checks of a real sign-in: its session is ended, and what Metabase made of the account stays. */
export const signInChecks: Checks<'account' | 'groups' | 'attributes'> = {
  async account (run) {
    const { settings: { instanceUrl }, keys, tokens, claims: claimsOf, askToTheEnd, signal } = run
    if (keys === undefined || claimsOf === undefined) return skip('no secret is given')
    const claims = await claimsOf()
    if (signal.aborted) return skip('the run was over')
    const ask = askToTheEnd()
    const call = <T>(work: (dispatch: Dispatch, signal: AbortSignal) => Promise<T>) => work(ask, signal)
    const policy = { exchange: () => call, logout: call }
    const client = createMetabaseClient({ policy, keys, tokens, instanceUrl })
    const exchange = await client.exchange(claims, claims.email).catch((error: unknown) => {
      if (error instanceof MetabaseSsoError && UNANSWERED.has(error.code)) return error
      throw error
    })
    if (exchange instanceof MetabaseSsoError) return found('unanswered', exchange.message)
    const { session: { id }, method } = exchange
    const headers = { 'x-metabase-session': id }
    const response = await ask({ method: 'GET', path: '/api/user/current', headers, credential: id })
      .catch(() => undefined)
    // In a time of its own: what the sign-in took must not keep its session from being ended.
    const logout: typeof call = work => work(askToTheEnd(), signal)
    const isEnded = await createRevocation({ ...policy, logout }).revoke(id).then(() => true, () => false)
    if (!isEnded) return found('not-ended')
    if (response === undefined || !isSuccess(response)) return found('unread')
    const account = Object(jsonOf(response)) as Values
    run.signedIn = { claims: claims.payload, account }
    const detail = `account ${idOf(account)}, by ${method}; its session is ended`
    return account.is_superuser === true ? found('administrator', detail) : pass(detail)
  },

  groups ({ settings, signedIn: { claims, account } }) {
    const names = claims[wireNames(settings.claimNames).groups]
    const { group_ids: ids } = account
    if (!Array.isArray(names)) return skip('the claims name no groups')
    if (!Array.isArray(ids)) return skip('Metabase does not say which groups the account has')
    const count = ids.length - 1 // "All Users" is one of them
    const detail = `${names.length} in the claims, ${count} in Metabase`
    return count < names.length ? found('fewer', detail) : pass(detail)
  },

  attributes ({ settings, signedIn: { claims, account } }) {
    const names = wireNames(settings.claimNames)
    const { first_name: firstName, last_name: lastName, login_attributes: byHand, jwt_attributes: fromJwt } = account
    // Up to v55 there is one list of both.
    const kept = Object(fromJwt ?? byHand) as Values
    const manual = Object(byHand) as Values
    const differs = (claim: unknown, value: unknown): boolean => claim !== undefined && claim !== value
    const isRenamed = differs(claims[names.first_name], firstName) || differs(claims[names.last_name], lastName)
    if (isRenamed) return found('renamed')
    const wire = new Set<string>([...REGISTERED, ...Object.values(names)])
    const asked = Object.entries(claims).filter(([name]) => !wire.has(name))
    const dropped = asked.filter(([name]) => kept[name] === undefined)
    if (dropped.length > 0) return found('dropped', namesOf(dropped))
    const overridden = asked.filter(([name, value]) => (manual[name] ?? kept[name]) !== String(value))
    return overridden.length > 0 ? found('overridden', namesOf(overridden)) : pass(namesOf(asked))
  }
}
