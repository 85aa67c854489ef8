import type { MetabaseStandIn } from '../../testing/index.js'

/** Opens a URL as a browser does: follows redirects and keeps cookies. Returns where it ended, and the page. */
export async function visit (start: string): Promise<{ url: string, page: string }> {
  const jar = new Map<string, string>()
  let url = start
  for (let hops = 0; hops < 5; hops++) {
    const cookie = [...jar].map(pair => pair.join('=')).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      jar.set(name, value)
    }
    const location = response.headers.get('location')
    if (location === null) return { url, page: await response.text() }
    url = new URL(location, url).href
  }
  throw new Error('redirected too often')
}

/** Trades a JWT for a session as the client code of this version does in the browser, and returns the session's id. */
export async function tradeAsClient ({ url, version }: MetabaseStandIn, jwt: string): Promise<string> {
  const headers = { 'x-metabase-client': 'embedding-sdk-react' }
  const byHash = async () => {
    const discovery = await fetch(`${url}/auth/sso?preferred_method=jwt`, { headers })
    const { hash } = await discovery.json() as { hash: string }
    return await fetch(`${url}/auth/sso?jwt=${jwt}`, { headers: { ...headers, 'x-metabase-sdk-jwt-hash': hash } })
  }
  const ways = {
    v50: () => fetch(`${url}/auth/sso?token=true&jwt=${jwt}`),
    v55: byHash,
    v56: byHash,
    v58: () => fetch(`${url}/auth/sso?jwt=${jwt}`, { headers }),
    v61: () => fetch(
      `${url}/auth/sso`,
      { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify({ jwt }) }
    )
  }
  const answer = await ways[version]()
  const { id } = await answer.json() as { id: string }
  return id
}

/** Who Metabase says the holder of this session is; undefined when it knows no such session. */
export async function whoIs ({ url }: MetabaseStandIn, sessionId: string): Promise<string | undefined> {
  const answer = await fetch(`${url}/api/user/current`, { headers: { 'x-metabase-session': sessionId } })
  if (answer.status === 401) return undefined
  const { email } = await answer.json() as { email: string }
  return email
}
