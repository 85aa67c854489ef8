/**
 * Asks Metabase what a browser would ask it. The host app does it here, as a page may only do so itself from
 * an origin that an admin of Metabase has listed.
 */
export function createQuestions (instanceUrl) {
  /** @returns {Promise<{ status: number, text: string, json: any } | undefined>} undefined: no answer */
  async function get (path, headers) {
    try {
      const response = await fetch(
        instanceUrl + path, { headers, redirect: 'manual', signal: AbortSignal.timeout(5000) }
      )
      const text = await response.text()
      return { status: response.status, text, json: parse(text) }
    } catch {
      return undefined
    }
  }

  /** Who a Metabase session belongs to. */
  async function who (session) {
    const answer = await get('/api/user/current', { 'x-metabase-session': session })
    if (answer?.status !== 200 || answer.json === undefined) return problem(answer)
    // Up to v55 there is one list of attributes.
    const { common_name: name, email, groups, login_attributes: all, jwt_attributes: attributes = all } = answer.json
    return { user: { name, email, groups, attributes } }
  }

  /** What the React SDK does with a JWT, in a way that every version takes: then who that is. */
  async function whoByJwt (jwt) {
    const client = { 'x-metabase-client': 'embedding-sdk-react' }
    const discovery = await get('/auth/sso?preferred_method=jwt', client)
    const hash = discovery?.json?.hash // v55 alone has one
    const answer = await get(
      `/auth/sso?token=true&jwt=${jwt}`, hash === undefined ? client : { ...client, 'x-metabase-sdk-jwt-hash': hash }
    )
    return answer?.json?.id === undefined ? problem(answer) : await who(answer.json.id)
  }

  /** What a guest token shows: asking is all it takes, as a guest has no account. */
  async function shown (jwt) {
    const answer = await get(`/api/embed/dashboard/${jwt}`)
    return answer?.json?.name === undefined ? problem(answer) : { shown: answer.json.name }
  }

  return { who, whoByJwt, shown }
}

function problem (answer) {
  if (answer === undefined) return { problem: 'Metabase gives no answer.' }
  const { status, text, json } = answer
  const words = json?.message ?? (text.startsWith('<') ? 'a web page' : text)
  return { problem: `Metabase answers ${status}: ${words.slice(0, 200)}` }
}

function parse (text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
