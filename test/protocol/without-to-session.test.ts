import { ALL, firewall, noToSession, runTable, set, type Outcome, type SetUp } from './table.js'

// Section 3 of metabase-protocol.md where `to_session` cannot be had: POST of v61, hash and redirect.

const signedIn: Outcome = ['ok', 200, 1, 1, 'clean']
const signedInByUrl: Outcome = ['ok', 200, 1, 1, 'jwt']
const stopped = (code: string, status = 502): Outcome => [code, status, 0, 0, 'clean']

const nothing: SetUp = () => {}
const saml = set({ saml: true })
const ssoOff = set({ jwtSso: false })
const sdkOff = set({ sdkEmbedding: false })
const openSource = set({ edition: 'open-source' })
const otherSecret: SetUp = metabase => { metabase.secret = 'another secret, longer than 32 characters' }
const tooOld: SetUp = (_metabase, clock) => { clock.ahead = 200_000 }
const expired: SetUp = (_metabase, clock) => { clock.ahead = 86_400_000 }
const noAccount = set({ userProvisioning: false })
const noAccountInGerman = set({ userProvisioning: false, siteLocale: 'de' })
const noAccountInJapanese = set({ userProvisioning: false, siteLocale: 'ja' })
const renamedEmail: SetUp = ({ settings }) => { settings.claimNames.email = 'mail' }

runTable([
  // The properties tell that there is no better way.
  ['to_session hidden', ['v50', 'v55'], nothing, signedInByUrl],
  ['to_session hidden', ['v61'], nothing, signedIn],
  // Here the better way exists and is hidden: the JWT is not put into a URL for that.
  ['to_session hidden', ['v56', 'v58'], nothing, stopped('METABASE_SSO_PROXY_REFUSED')],
  ['to_session hidden, SAML too', ['v61'], saml, signedIn],
  ['to_session hidden, SSO off', ALL, ssoOff, stopped('METABASE_SSO_SSO_DISABLED')],
  ['to_session hidden, SDK off', ALL, sdkOff, stopped('METABASE_SSO_SDK_EMBEDDING_DISABLED')],
  ['to_session hidden, open source', ALL, openSource, stopped('METABASE_SSO_OPEN_SOURCE')]
], firewall)

runTable([
  ['no to_session', ['v50', 'v55', 'v56'], nothing, signedInByUrl],
  // No such release is known: the JWT is not put into a URL for it.
  ['no to_session', ['v58'], nothing, stopped('METABASE_SSO_STATUS_UNEXPECTED')],
  ['no to_session', ['v61'], nothing, signedIn],
  ['no to_session, SAML too', ['v50', 'v55', 'v56'], saml, signedInByUrl],
  ['no to_session, SAML too', ['v61'], saml, signedIn],
  ['no to_session, SSO off', ALL, ssoOff, stopped('METABASE_SSO_SSO_DISABLED')],
  ['no to_session, SDK off', ALL, sdkOff, stopped('METABASE_SSO_SDK_EMBEDDING_DISABLED')],
  ['no to_session, open source', ALL, openSource, stopped('METABASE_SSO_OPEN_SOURCE')],

  ['POST, wrong secret', ['v61'], otherSecret, stopped('METABASE_SSO_SECRET_REFUSED')],
  ['POST, too old', ['v61'], tooOld, stopped('METABASE_SSO_TOKEN_TOO_OLD')],
  ['POST, expired', ['v61'], expired, stopped('METABASE_SSO_TOKEN_EXPIRED')],
  ['POST, e-mail renamed', ['v61'], renamedEmail, stopped('METABASE_SSO_EMAIL_CLAIM_UNKNOWN')],
  ['POST, no account', ['v61'], noAccount, stopped('METABASE_SSO_ACCOUNT_REFUSED', 403)],
  ['POST, no account, German', ['v61'], noAccountInGerman, stopped('METABASE_SSO_ACCOUNT_REFUSED', 403)],
  ['POST, no account, Japanese', ['v61'], noAccountInJapanese, stopped('METABASE_SSO_ACCOUNT_REFUSED', 403)]
], noToSession)
