import type { Refusal } from '../../testing/failures/refusals.js'
import { ANN } from '../helpers/host.js'
import { all, NEW, OLD, runTable, set, type Outcome, type SetUp, type Urls } from './table.js'

// Section 4 of metabase-protocol.md: what Metabase itself refuses when a JWT is traded.

/** A refused trade: no login runs. Up to v55 the JWT was in a URL. */
const refused = (code: string, status: 403 | 502, urls: Urls): Outcome => [code, status, 0, 0, urls]

const otherSecret: SetUp = metabase => { metabase.secret = 'another secret, longer than 32 characters' }
const ahead = (seconds: number): SetUp => (_metabase, clock) => { clock.ahead = seconds * 1000 }
const tooOld = ahead(200)
const expired = ahead(86_400)
const noProvisioning = set({ userProvisioning: false })
const deactivated: SetUp = ({ users }) => {
  users.set(ANN.email, {
    id: 1, email: ANN.email, first_name: null, last_name: null, groups: [], attributes: {}, tenant: null, active: false
  })
}
const renamedEmail: SetUp = ({ settings }) => { settings.claimNames.email = 'mail' }
const hidden = set({ hideStacktraces: true })
const onTrade = (refusal: Refusal): SetUp => metabase => { metabase.fail(refusal, { on: 'jwt' }) }

/** Rows by generation, which differ in nothing but where the JWT is. */
function both (name: string, setUp: SetUp, code: string, status: 403 | 502) {
  return [
    [name, OLD, setUp, refused(code, status, 'jwt')],
    [name, NEW, setUp, refused(code, status, 'clean')]
  ] as const
}

type Refused = readonly [code: string, status: 403 | 502]

/** Rows of v50 and of the others. */
function otherInV50 (name: string, setUp: SetUp, v50: Refused, others: Refused) {
  return [
    [name, ['v50'], setUp, refused(...v50, 'jwt')],
    [name, ['v55'], setUp, refused(...others, 'jwt')],
    [name, NEW, setUp, refused(...others, 'clean')]
  ] as const
}

const noAccount: Refused = ['METABASE_SSO_ACCOUNT_REFUSED', 403]
// A v50 refuses an account with 500, as it does whatever goes wrong inside: without the words nothing tells them apart.
const unknown500: Refused = ['METABASE_SSO_STATUS_UNEXPECTED', 502]
// Up to v54 a refused JWT is JSON with a stack trace: hidden, it has the status alone, and so has the probe's refusal.
const unknown401: Refused = ['METABASE_SSO_TOKEN_REFUSED', 502]

runTable([
  ...both('wrong secret', otherSecret, 'METABASE_SSO_SECRET_REFUSED', 502),
  ...both('too old', tooOld, 'METABASE_SSO_TOKEN_TOO_OLD', 502),
  ...both('expired', expired, 'METABASE_SSO_TOKEN_EXPIRED', 502),
  ...both('no account', noProvisioning, 'METABASE_SSO_ACCOUNT_REFUSED', 403),
  ...otherInV50('no account, German', set({ userProvisioning: false, siteLocale: 'de' }), unknown500, noAccount),
  ...otherInV50('no account, Japanese', set({ userProvisioning: false, siteLocale: 'ja' }), unknown500, noAccount),
  ...both('deactivated', all(noProvisioning, deactivated), 'METABASE_SSO_ACCOUNT_REFUSED', 403),
  ...both('e-mail renamed', renamedEmail, 'METABASE_SSO_EMAIL_CLAIM_UNKNOWN', 502),
  ...both('e-mail renamed, hidden', all(renamedEmail, hidden), 'METABASE_SSO_EMAIL_CLAIM_UNKNOWN', 502),
  // An invalid JWT is told first, whatever else is wrong.
  ...both('wrong secret, no account', all(otherSecret, noProvisioning), 'METABASE_SSO_SECRET_REFUSED', 502),
  ...both('wrong secret, too old', all(otherSecret, tooOld), 'METABASE_SSO_SECRET_REFUSED', 502),

  ...otherInV50('wrong secret, hidden', all(otherSecret, hidden), unknown401, ['METABASE_SSO_SECRET_REFUSED', 502]),
  ...otherInV50('too old, hidden', all(tooOld, hidden), unknown401, ['METABASE_SSO_TOKEN_TOO_OLD', 502]),
  ...otherInV50('expired, hidden', all(expired, hidden), unknown401, ['METABASE_SSO_TOKEN_EXPIRED', 502]),
  ...otherInV50('no account, hidden', all(noProvisioning, hidden), unknown500, noAccount),

  ['deactivated, provisioning on', NEW, deactivated, ['ok', 200, 1, 1, 'clean']],
  ['deactivated, provisioning on', OLD, deactivated, ['ok', 200, 1, 1, 'jwt']],
  ['iat ahead', NEW, ahead(-3600), ['ok', 200, 1, 1, 'clean']],
  ['iat ahead', OLD, ahead(-3600), ['ok', 200, 1, 1, 'jwt']],
  ['e-mail renamed, claimNames', NEW, metabase => {
    renamedEmail(metabase, { ahead: 0 })
    return { claimNames: { email: 'mail' } }
  }, ['ok', 200, 1, 1, 'clean']],

  // What the plugin never causes.
  ['body without JWT', NEW, onTrade('jwt-missing'), refused('METABASE_SSO_TOKEN_MISSING', 502, 'clean')],
  ['body without JWT, hidden', NEW, all(hidden, onTrade('jwt-missing')),
    refused('METABASE_SSO_TOKEN_MISSING', 502, 'clean')],
  ['body too large', NEW, onTrade('body-too-large'), ['METABASE_SSO_TOKEN_TOO_LARGE', 500, 0, 0, 'clean']],
  ['JWT off, by to_session', NEW, onTrade('jwt-disabled'), refused('METABASE_SSO_SSO_DISABLED', 502, 'clean')]
])
