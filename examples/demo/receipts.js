import { personToClaims } from './people.js'
import { createRecent } from './recent.js'

/**
 * Watches the plugin's routes: a page cannot look into a redirect of its frame, so it asks the host app what that
 * was.
 */
export function keepReceipts (app) {
  const recent = createRecent(100)

  app.addHook('onSend', async (request, reply, payload) => {
    const answer = answerOf(request)
    if (answer === undefined) return
    recent.add({
      requestId: request.id,
      visitor: request.session.sessionId,
      answer,
      status: reply.statusCode,
      ...(reply.statusCode < 400
        ? { claims: claimsIn[answer]?.(request, reply, payload) }
        : { failure: failureIn(payload) })
    })
  })

  return {
    /** The latest of a visitor. */
    find: (visitor, answer) => recent.items.findLast(receipt =>
      receipt.visitor === visitor && receipt.answer === answer)
  }
}

function answerOf ({ routeOptions: { url }, query: { response, return_to: returnTo } }) {
  if (url === '/sso/metabase/guest') return 'guest'
  if (url === '/sso/metabase/logout') return 'logout'
  if (url === '/sso/metabase') return response === 'json' ? 'jwt' : returnTo === undefined ? 'session' : 'redirect'
}

/** A frame gets a page, and everything else JSON. */
function failureIn (payload) {
  return payload.startsWith('{')
    ? JSON.parse(payload)
    : { error: 'The frame shows a page that says why.', code: /METABASE_SSO_\w+/.exec(payload)?.[0] }
}

/** The claims that were signed, by answer. A log-out signs none. */
const claimsIn = {
  jwt: (_request, _reply, payload) => decode(JSON.parse(payload).jwt),
  guest: (_request, _reply, payload) => decode(JSON.parse(payload).jwt),
  redirect: (_request, reply) => decode(new URL(reply.getHeader('location')).searchParams.get('jwt')),
  // Here the JWT stays between the host app and Metabase; what was in it is known all the same.
  session (request, _reply, payload) {
    const { iat, exp } = JSON.parse(payload)
    return { ...personToClaims(request.session.get('user')), iat, exp }
  }
}

/** Reads a JWT of our own, which needs no checking. */
function decode (jwt) {
  return JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString())
}
