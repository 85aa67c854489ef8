import type { FastifyReply } from 'fastify'
import type { Instance } from '../instance.js'
import type { Request } from '../request.js'
import { checkEmbedding, embeddingClient, samlUrl } from './sso-switches.js'

/** Keeps a `Location` to the characters a header may have; what is encoded already stays as it is. */
export function headerSafe (url: string): string {
  return url.replace(/[^\x21-\x7e]/gu, encodeURIComponent)
}

/**
 * `GET /auth/sso` of someone without a JWT: tells embedding clients (from v55 on) where to get one,
 * and sends browsers there.
 */
export function discover (metabase: Instance, request: Request, reply: FastifyReply, method: 'jwt' | 'saml'): object {
  const url = method === 'jwt' ? metabase.identityProviderUri : samlUrl
  const client = metabase.generation === 'A' ? undefined : embeddingClient(request)
  checkEmbedding(metabase, client)
  if (client !== undefined) {
    return metabase.generation === 'B' ? { url, method, hash: metabase.issueHash() } : { url, method }
  }
  const { redirect } = request.query
  // An URI that has a query already is continued with & (metabase#13078). The value is not encoded: Metabase does not either.
  const returnTo = redirect === undefined ? '' : `${url.includes('?') ? '&' : '?'}return_to=${redirect}`
  return reply.code(302).header('location', headerSafe(url + returnTo)).send()
}
