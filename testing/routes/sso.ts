import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Instance } from '../instance.js'
import { readJwt, type Claims } from '../login/jwt.js'
import { logIn } from '../login/login.js'
import { setSessionCookie } from '../login/sessions.js'
import { Refused } from '../refusals.js'
import { jwtIn, type Query, type Request, type WithQuery } from '../request.js'
import type { MetabaseSession } from '../types.js'

/** The sign-in page of a SAML identity provider. */
const samlUrl = 'https://saml.example.com/sso?SAMLRequest=request'
/** Characters that Java's URI class, which Metabase parses with, does not take unescaped. */
// eslint-disable-next-line no-control-regex
const notInUri = /[\x00-\x20\x7f"<>\\^`{|}]|%(?![0-9a-f]{2})/i
/** Scheme, then host: each is absent, or a string that may be empty. */
const schemeAndHost = /^([a-z][a-z0-9+.-]*:)?(?:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*))?/i

interface Login { claims: Claims, session: MetabaseSession, returnTo: string }

/** One of Metabase's embedding clients; `undefined` for a browser and for anything else. */
type EmbeddingClient = 'sdk' | 'simple' | undefined

/**
 * Finds out where to go after the login: on this instance, else Metabase refuses.
 * Without a `return_to` it is the instance's home page.
 */
export function checkReturnTo (metabase: Instance, returnTo = `${metabase.basePath}/`): string {
  const [, scheme, host] = returnTo.split(schemeAndHost)
  const relative = scheme === undefined && host === undefined
  // Metabase compares host names alone: another port or scheme is fine.
  const onThisHost = host?.toLowerCase() === new URL(metabase.url).hostname
  if (notInUri.test(returnTo) || !(relative || onThisHost)) throw new Refused('invalid-redirect')
  return returnTo
}

/** Keeps a `Location` to the characters a header may have; what is encoded already stays as it is. */
function headerSafe (url: string): string {
  return url.replace(/[^\x21-\x7e]/gu, encodeURIComponent)
}

function embeddingClient (request: FastifyRequest): EmbeddingClient {
  switch (request.headers['x-metabase-client']) {
    case 'embedding-sdk-react': return 'sdk'
    case 'embedding-simple': return 'simple'
    default: return undefined
  }
}

/** Refuses where the edition or the licence has no JWT SSO. */
export function checkLicence ({ settings }: Instance): void {
  if (settings.edition === 'open-source') throw new Refused('open-source')
  if (!settings.licensed) throw new Refused('no-paid-feature')
}

/** Refuses an embedding client whose kind of embedding is switched off. */
function checkEmbedding ({ settings }: Instance, client: EmbeddingClient): void {
  if (client === 'sdk' && !settings.sdkEmbedding) throw new Refused('sdk-embedding-disabled')
  if (client === 'simple' && !settings.simpleEmbedding) throw new Refused('simple-embedding-disabled')
}

/** Chooses the sign-in method that a `GET /auth/sso` is for, where both may be switched on. */
function methodFor ({ settings }: Instance, { preferred_method: preferred, jwt }: Query): 'jwt' | 'saml' {
  if (!settings.jwtSso && !settings.saml) throw new Refused('sso-disabled')
  if (!settings.jwtSso) return 'saml'
  const asksForJwt = preferred === undefined ? jwt !== undefined : preferred !== 'saml'
  return settings.saml && !asksForJwt ? 'saml' : 'jwt'
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
  const { redirect } = request.query
  // An URI that has a query already is continued with & (metabase#13078). Metabase does not encode the value.
  const returnTo = redirect === undefined ? '' : `${url.includes('?') ? '&' : '?'}return_to=${redirect}`
  return reply.code(302).header('location', headerSafe(url + returnTo)).send()
}

/** Adds `GET` and `POST /auth/sso`. */
export function ssoRoutes (app: FastifyInstance, metabase: Instance): void {
  function trade (jwt: string, query: Query): Login {
    const returnTo = checkReturnTo(metabase, query.return_to)
    const claims = readJwt(app, metabase, jwt)
    return { claims, session: logIn(metabase, claims), returnTo }
  }

  function redirect (reply: FastifyReply, { session, returnTo }: Login): FastifyReply {
    setSessionCookie(metabase, reply, session)
    return reply.code(302).header('location', headerSafe(returnTo)).send()
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
    if (metabase.can('hash') && !metabase.useHash(request.headers['x-metabase-sdk-jwt-hash'])) {
      return discover(metabase, request, reply, 'jwt')
    }
    return { status: 'ok', id: login.session.id, exp: login.claims.exp, iat: login.claims.iat }
  }

  app.get<WithQuery>('/auth/sso', async (request, reply) => {
    const { query } = request
    checkLicence(metabase)
    const method = methodFor(metabase, query)
    if (method === 'saml' || query.jwt === undefined) return discover(metabase, request, reply, method)
    const login = trade(query.jwt, query)
    return metabase.can('token') ? answerToken(query, reply, login) : answerClient(request, reply, login)
  })

  app.post<WithQuery>('/auth/sso', async (request, reply) => {
    checkLicence(metabase)
    if (!metabase.settings.jwtSso) throw new Refused('sso-disabled')
    if (!metabase.can('post')) throw new Refused('post-not-valid')
    const jwt = jwtIn(request.body)
    // What it says to a body without a JWT is inferred from its neighbour.
    if (jwt === undefined) throw new Refused('to-session-missing')
    return answerClient(request, reply, trade(jwt, request.query))
  })
}
