import type { JWT } from '@fastify/jwt'
import { errorCodes } from '../errors.js'
import { checkResource, type GuestResource } from './item.js'
import type { ResolvedGuestOptions } from '../options/guest.js'
import { checkParams, type GuestParams } from './params.js'
import type { ResolvedOptions } from '../options/schema.js'
import { isSameSecret, secretSource, type Secret } from '../jwt/secret-provider.js'

/** What a guest token lets its bearer see. */
export interface GuestEmbed {
  resource: GuestResource
  /** Default `{}`. */
  params?: GuestParams
}

/**
 * How an `/embed/…` iframe looks, by Metabase's own names: goes into the URL's fragment. Lists are joined by commas.
 * Further names that your Metabase knows are passed on as they are.
 */
export interface GuestAppearance {
  bordered?: boolean
  titled?: boolean
  theme?: 'night' | 'transparent' | (string & {})
  /** Seconds between reloads of a dashboard. */
  refresh?: number
  font?: string
  hide_parameters?: string | readonly string[]
  [name: string]: string | number | boolean | readonly string[] | undefined
}

/** Signs guest tokens. */
export interface GuestIssuer {
  /** @throws METABASE_SSO_GUEST_RESOURCE_INVALID, METABASE_SSO_GUEST_PARAM…, METABASE_SSO_SECRET_… */
  sign (embed: GuestEmbed): Promise<string>
  embedUrl (embed: GuestEmbed, appearance?: GuestAppearance): Promise<URL>
}

/**
 * @param jwt `@fastify/jwt`, set up with HS256 and, unless it is a function, the embedding secret key
 * @param ssoSecret the JWT signing key, which must be another one
 * @param now milliseconds since the epoch
 */
export function createGuestIssuer (jwt: Pick<JWT, 'sign'>, options: ResolvedGuestOptions, { instanceUrl, timeout }: Pick<ResolvedOptions, 'instanceUrl' | 'timeout'>, ssoSecret: () => Promise<Secret>, now: () => number): GuestIssuer {
  const source = secretSource('guest.secret', options.secret, timeout)

  const sign: GuestIssuer['sign'] = async embed => {
    const { resource, params = {} } = Object(embed) as GuestEmbed
    const iat = Math.floor(now() / 1000)
    const payload = { resource: checkResource(resource), params: checkParams(params), iat, exp: iat + options.tokenLifetime }
    const secret = await source.get()
    // What a function returns could not be compared when the app booted.
    const sso = await ssoSecret().catch(() => undefined)
    if (sso !== undefined && isSameSecret(secret, sso)) throw new errorCodes.METABASE_SSO_GUEST_SECRET_SHARED()
    return typeof options.secret === 'function' ? jwt.sign(payload, { key: secret }) : jwt.sign(payload)
  }

  return {
    sign,
    async embedUrl (embed, appearance = {}) {
      const jwt = await sign(embed) // which checks the resource
      const url = new URL(`${instanceUrl}/embed/${'dashboard' in embed.resource ? 'dashboard' : 'question'}/${jwt}`)
      const shown = new URLSearchParams()
      for (const [name, value] of Object.entries(appearance)) if (value !== undefined) shown.set(name, String(value))
      url.hash = shown.toString().replaceAll('+', '%20')
      return url
    }
  }
}
