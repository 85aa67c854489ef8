import t from 'tap'
import { lightHost } from '../helpers/exchange.js'
import { standIn } from '../helpers/host.js'
import { ALL, NEW, OLD, runTable, set, type Outcome, type SetUp } from './table.js'

// Section 3 of metabase-protocol.md, by version, edition and switch.

/** A session in one login, with the JWT in a body. */
const signedIn: Outcome = ['ok', 200, 1, 1, 'clean']
/** A session in one login, where there is no way but by URL. */
const signedInByUrl: Outcome = ['ok', 200, 1, 1, 'jwt']
/** An error before any login. */
const stopped = (code: string): Outcome => [code, 502, 0, 0, 'clean']

const noProviderUri: SetUp = metabase => { metabase.identityProviderUri = null }
const hidden = { hideStacktraces: true }
const noEmbedding = { sdkEmbedding: false, simpleEmbedding: false, guestEmbedding: false }

const ssoDisabled = stopped('METABASE_SSO_SSO_DISABLED')
const sdkDisabled = stopped('METABASE_SSO_SDK_EMBEDDING_DISABLED')
const openSource = stopped('METABASE_SSO_OPEN_SOURCE')

runTable([
  ['all on', NEW, () => {}, signedIn],
  ['all on', OLD, () => {}, signedInByUrl],

  ['SDK off', NEW, set({ sdkEmbedding: false }), signedIn],
  ['SDK off', OLD, set({ sdkEmbedding: false }), sdkDisabled],
  ['SDK off, hidden', NEW, set({ sdkEmbedding: false, ...hidden }), signedIn],
  ['SDK off, hidden', OLD, set({ sdkEmbedding: false, ...hidden }), sdkDisabled],
  ['modular off', NEW, set({ simpleEmbedding: false }), signedIn],
  ['modular off', OLD, set({ simpleEmbedding: false }), signedInByUrl],
  ['all embedding off', NEW, set(noEmbedding), signedIn],
  ['all embedding off', OLD, set(noEmbedding), sdkDisabled],

  ['SSO off', ALL, set({ jwtSso: false }), ssoDisabled],
  ['SSO off, hidden', ALL, set({ jwtSso: false, ...hidden }), ssoDisabled],
  ['SSO and SDK off', ALL, set({ jwtSso: false, ...noEmbedding }), ssoDisabled],
  ['no licence', ALL, set({ licensed: false }), ssoDisabled],
  ['no licence, hidden', ALL, set({ licensed: false, ...hidden }), ssoDisabled],
  ['open source', ALL, set({ edition: 'open-source' }), openSource],
  ['open source, hidden', ALL, set({ edition: 'open-source', ...hidden }), openSource],

  // An identity provider URI is optional in v55 to v57; elsewhere SSO without one is not configured.
  ['no provider URI', ['v50', 'v58', 'v61'], noProviderUri, ssoDisabled],
  ['no provider URI', ['v55'], noProviderUri, signedInByUrl],
  ['no provider URI', ['v56'], noProviderUri, signedIn],

  ['SAML too', NEW, set({ saml: true }), signedIn],
  ['SAML too', OLD, set({ saml: true }), signedInByUrl],
  ['SAML alone', ['v55', ...NEW], set({ jwtSso: false, saml: true }), ssoDisabled],
  // A v50 redirects to its SAML provider as to any other: only the trade can tell.
  ['SAML alone', ['v50'], set({ jwtSso: false, saml: true }),
    ['METABASE_SSO_REDIRECTED', 502, 0, 0, 'jwt']],

  // While /api is not there, a redirect cannot be confirmed to be a v54's.
  ['starting', ['v50'], set({ starting: true }), stopped('METABASE_SSO_GATEWAY_FAILED')],
  ['starting', ['v55'], set({ starting: true }), signedInByUrl],
  ['starting', NEW, set({ starting: true }), signedIn],

  ['hidden', NEW, set(hidden), signedIn],
  ['hidden', OLD, set(hidden), signedInByUrl],
  ['breaks without return_to', NEW, set({ breaksWithoutReturnTo: true }), signedIn],
  ['breaks without return_to', OLD, set({ breaksWithoutReturnTo: true }), signedInByUrl]
])

for (const version of ALL) {
  t.test(`the plugin exchanges again in the way that ${version} has, with one login each`, async t => {
    const metabase = await standIn(t, { version })
    const app = await lightHost(t, metabase)
    await app.inject('/sso/metabase')
    const before = metabase.requests.length
    await app.inject('/sso/metabase')
    // v50: whether embedding is still on; v55: to_session, which v56 has, and a new hash.
    t.equal(metabase.requests.length - before, { v50: 2, v55: 3, v56: 1, v58: 1, v61: 1 }[version])
    t.strictSame([metabase.logins, metabase.sessions.size], [2, 2])
  })
}
