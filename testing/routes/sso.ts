import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { send, text } from '../answer.js'
import type { Instance } from '../instance.js'
import { readJwt, type Claims } from '../login/jwt.js'
import { logIn } from '../login/login.js'
import { setSessionCookie } from '../login/sessions.js'
import { Refused } from '../failures/refusals.js'
import { jwtIn, type Query, type Request, type WithQuery } from '../request.js'
import type { IssuedSession } from '../types.js'

/** The sign-in page of a SAML identity provider. */
const samlUrl = 'https://saml.example.com/sso?SAMLRequest=request'
/** Characters that Java's URI class, which Metabase parses with, does not take unescaped. */
const notInUri = /[\p{Cc}\p{Z}"<>\\^`{|}]|%(?![0-9a-f]{2})/iu
/** Scheme, then host: each is absent, or a string that may be empty. */
const schemeAndHost = /^([a-z][a-z0-9+.-]*:)?(?:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*))?/i
/** Where a login without a `return_to` ends in v56 before PR 63965: the slash is encoded, and Jetty refuses it. */
const encodedHome = '%2F'

interface Login { claims: Claims, session: IssuedSession, returnTo: string }

/** One of Metabase's embedding clients; `undefined` for a browser and for anything else. */
type EmbeddingClient = 'sdk' | 'simple' | undefined

/**
 * Finds out where to go after the login: on this instance, else Metabase refuses.
 * The default is the home page of the host, even where Metabase lives under a path.
 */
export function checkReturnTo (metabase: Instance, returnTo?: string): string {
  if (returnTo === undefined) return metabase.settings.breaksWithoutReturnTo ? encodedHome : '/'
  const [, scheme, host] = returnTo.split(schemeAndHost)
  const relative = scheme === undefined && host === undefined
  // Metabase compares host names alone: another port or scheme is fine.
  const onThisHost = host?.toLowerCase() === new URL(metabase.url).hostname
  if (notInUri.test(returnTo) || !(relative || onThisHost)) {
    throw new Refused('invalid-redirect', { data: { 'redirect-url': returnTo } })
  }
  return returnTo
}

/** Writes a `Location` as Jetty does: what is no Latin-1 character, or ends a line, becomes a space. */
function jettyHeader (url: string): string {
  return url.replace(/[^\t\x20-\x7e\x80-\xff]/g, ' ')
}

function embeddingClient (request: FastifyRequest): EmbeddingClient {
  switch (request.headers['x-metabase-client']) {
    case 'embedding-sdk-react': return 'sdk'
    case 'embedding-simple': return 'simple'
    default: return undefined
  }
}

/** Refuses an embedding client whose kind of embedding is switched off. */
function checkEmbedding ({ settings }: Instance, client: EmbeddingClient): void {
  if (client === 'sdk' && !settings.sdkEmbedding) throw new Refused('sdk-embedding-disabled')
  if (client === 'simple' && !settings.simpleEmbedding) throw new Refused('simple-embedding-disabled')
}

/** Chooses the sign-in method of a request, where both may be switched on. */
function methodFor (metabase: Instance, { preferred_method: preferred }: Query, jwt?: string): 'jwt' | 'saml' {
  const { jwtOn, settings: { saml } } = metabase
  if (!jwtOn && !saml) throw new Refused('sso-disabled')
  if (!jwtOn) return 'saml'
  const asksForJwt = preferred === undefined ? jwt !== undefined : preferred !== 'saml'
  return saml && !asksForJwt ? 'saml' : 'jwt'
}

/** Answers a request without a JWT: tells embedding clients where to get one, and sends browsers there. */
function discover (metabase: Instance, request: Request, reply: FastifyReply, method: 'jwt' | 'saml'): object {
  const { row } = metabase
  const url = method === 'jwt' ? metabase.identityProviderUri : samlUrl
  const client = row.discovery === 'redirect' ? undefined : embeddingClient(request)
  checkEmbedding(metabase, client)
  if (client !== undefined) {
    return row.discovery === 'hash' ? { url, method, hash: metabase.issueHash() } : { url, method }
  }
  if (url === null) throw new Error('Metabase fails with a NullPointerException here.')
  const { redirect } = request.query
  // An URI that has a query already is continued with & (metabase#13078). Metabase does not encode the value.
  const returnTo = redirect === undefined ? '' : `${url.includes('?') ? '&' : '?'}return_to=${redirect}`
  return reply.code(302).header('location', jettyHeader(url + returnTo)).send()
}

/** Adds `GET` and `POST /auth/sso`, and what is below it but has a file of its own. */
export function ssoRoutes (app: FastifyInstance, metabase: Instance): void {
  app.addHook('preHandler', async () => {
    if (metabase.settings.edition === 'open-source') throw new Refused('open-source')
  })

  function trade (jwt: string, query: Query): Login {
    const returnTo = checkReturnTo(metabase, query.return_to)
    const claims = readJwt(app, metabase, jwt)
    return { claims, session: logIn(metabase, claims), returnTo }
  }

  function redirect (reply: FastifyReply, { session, returnTo }: Login): FastifyReply {
    setSessionCookie(metabase, reply, session)
    return reply.code(302).header('location', jettyHeader(returnTo)).send()
  }

  /** Gives the session to a request with `token=true`. The login has run by the time the switch is looked at. */
  function answerToken (query: Query, reply: FastifyReply, login: Login): object {
    if (query.token === undefined) return redirect(reply, login)
    checkEmbedding(metabase, 'sdk')
    return { id: login.session.id, exp: login.claims.exp, iat: login.claims.iat }
  }

  /** Gives the session to the embedding clients, which their header tells. */
  function answerClient (request: Request, reply: FastifyReply, login: Login): object {
    const client = embeddingClient(request)
    checkEmbedding(metabase, client)
    if (client === undefined) return redirect(reply, login)
    // The login has run here, too: its session is thrown away.
    if (metabase.can('hash') && !metabase.useHash(request.headers['x-metabase-sdk-jwt-hash'])) {
      return discover(metabase, request, reply, 'jwt')
    }
    return { status: 'ok', id: login.session.id, exp: login.claims.exp, iat: login.claims.iat }
  }

  app.get<WithQuery>('/auth/sso', async (request, reply) => {
    const { query } = request
    const method = methodFor(metabase, query, query.jwt)
    if (method === 'saml' || query.jwt === undefined) return discover(metabase, request, reply, method)
    const login = trade(query.jwt, query)
    return metabase.can('token') ? answerToken(query, reply, login) : answerClient(request, reply, login)
  })

  app.post<WithQuery>('/auth/sso', async (request, reply) => {
    // Neither a JWT in the query counts nor one in a form.
    const jwt = jwtIn(request.body)
    if (methodFor(metabase, request.query, jwt) === 'saml') throw new Refused('saml-refused')
    if (!metabase.can('post')) throw new Refused('post-not-valid')
    if (jwt === undefined) return discover(metabase, request, reply, 'jwt')
    return answerClient(request, reply, trade(jwt, request.query))
  })

  const notFound = async (_request: FastifyRequest, reply: FastifyReply) => send(reply, text(404, 'Not found.'))
  app.route({ method: ['PUT', 'PATCH', 'DELETE'], url: '/auth/sso', handler: notFound })
  app.route({ method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], url: '/auth/sso/*', handler: notFound })
}
