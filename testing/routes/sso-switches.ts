import type { FastifyRequest } from 'fastify'
import type { Instance } from '../instance.js'
import { Refused } from '../refused.js'
import type { Query } from '../request.js'

/** Where the instance would send people to sign in by SAML. */
export const samlUrl = 'https://saml.example.com/sso?SAMLRequest=request'

/** Which of Metabase's embedding clients is asking; `undefined` for a browser and for anything else. */
export function embeddingClient (request: FastifyRequest): 'sdk' | 'simple' | undefined {
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
export function checkEmbedding ({ settings }: Instance, client: 'sdk' | 'simple' | undefined): void {
  if (client === 'sdk' && !settings.sdkEmbedding) throw new Refused('sdk-embedding-disabled')
  if (client === 'simple' && !settings.simpleEmbedding) throw new Refused('simple-embedding-disabled')
}

/** Which sign-in method a `GET /auth/sso` is for, where both may be switched on. */
export function methodFor ({ settings }: Instance, { preferred_method: preferred, jwt }: Query): 'jwt' | 'saml' {
  if (!settings.jwtSso && !settings.saml) throw new Refused('sso-disabled')
  if (!settings.jwtSso) return 'saml'
  const asksForJwt = preferred === undefined ? jwt !== undefined : preferred !== 'saml'
  return settings.saml && !asksForJwt ? 'saml' : 'jwt'
}
