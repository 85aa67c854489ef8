/**
 * The `authConfig` of MetabaseProvider, for each way of signing in. Make it once, outside of your components:
 * a new object on each render makes the SDK work again.
 *
 * @param {object} config
 * @param {string} config.instanceUrl your Metabase
 * @param {string} config.ssoUrl the route of fastify-metabase-sso in your host app, such as
 * https://api.example.com/sso/metabase
 * @param {'0.50 to 0.54' | '0.55 and later'} config.sdk
 * @param {string} [config.apiKey] for development on localhost alone
 * @param {() => string | null} [bearerToken] for a host app without cookies
 */
export function createAuthConfig ({ instanceUrl, ssoUrl, sdk, apiKey }, bearerToken) {
  if (apiKey !== undefined) return { metabaseInstanceUrl: instanceUrl, apiKey }

  return {
    metabaseInstanceUrl: instanceUrl,
    // Later SDKs ask Metabase for this URL: there it is the JWT identity provider URI.
    ...(sdk === '0.50 to 0.54' ? { authProviderUri: ssoUrl } : { preferredAuthMethod: 'jwt' }),
    // Without it the SDK sends the cookies of your host app, which is all that a session needs.
    ...(bearerToken && { fetchRequestToken: () => fetchRequestToken(ssoUrl, sdk, bearerToken()) })
  }
}

/** Signs in with a bearer token in place of cookies. */
async function fetchRequestToken (ssoUrl, sdk, token) {
  const url = new URL(ssoUrl)
  // Later SDKs want the JWT; earlier ones the Metabase session, which the host app fetches with it.
  if (sdk === '0.55 and later') url.searchParams.set('response', 'json')
  const response = await fetch(url, { headers: token === null ? {} : { authorization: `Bearer ${token}` } })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error)
  return answer
}
