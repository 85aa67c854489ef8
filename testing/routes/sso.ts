import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Instance } from '../instance.js'
import { readJwt, type Claims } from '../jwt.js'
import { logIn } from '../login.js'
import { Refused } from '../refused.js'
import type { Query, Request, WithQuery } from '../request.js'
import { checkReturnTo } from '../return-to.js'
import { setSessionCookie } from '../sessions.js'
import type { MetabaseSession } from '../types.js'
import { jwtIn } from './body.js'
import { discover, headerSafe } from './discovery.js'
import { checkEmbedding, checkLicence, embeddingClient, methodFor } from './sso-switches.js'

interface Login { claims: Claims, session: MetabaseSession, returnTo: string }

/** `GET` and `POST /auth/sso`. */
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

  /** Up to v54: whoever says `token=true` gets the session. The login has run by the time the switch is looked at. */
  function answerA (query: Query, reply: FastifyReply, login: Login): object {
    if (query.token === undefined) return redirect(reply, login)
    checkEmbedding(metabase, 'sdk')
    return { id: login.session.id, exp: login.claims.exp, iat: login.claims.iat }
  }

  /** From v55 on: the embedding clients, known by their header, get the session. */
  function answer (request: Request, reply: FastifyReply, login: Login): object {
    const client = embeddingClient(request)
    checkEmbedding(metabase, client)
    if (client === undefined) return redirect(reply, login)
    if (metabase.generation === 'B' && !metabase.useHash(request.headers['x-metabase-sdk-jwt-hash'])) {
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
    return metabase.generation === 'A' ? answerA(query, reply, login) : answer(request, reply, login)
  })

  app.post<WithQuery>('/auth/sso', async (request, reply) => {
    checkLicence(metabase)
    if (!metabase.settings.jwtSso) throw new Refused('sso-disabled')
    if (metabase.generation !== 'D') throw new Refused('post-not-valid')
    const jwt = jwtIn(request.body)
    // What it says to a body without a JWT is inferred from its neighbour.
    if (jwt === undefined) throw new Refused('to-session-missing')
    return answer(request, reply, trade(jwt, request.query))
  })
}
