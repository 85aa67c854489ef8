import { errorCodes } from '../errors.js'
import type { GuestParams } from '../host/functions.js'
import { signBounded, type Signer } from '../jwt/issuer.js'
import type { SigningKeys } from '../jwt/signing-keys.js'
import { MAX_URL_LENGTH } from '../metabase/sso-url.js'
import { isSameSecret } from '../options/secret.js'
import { checkResource, type GuestResource } from './item.js'
import { checkParams } from './params.js'

/**
 * What a guest token lets its bearer see.
 * @example const embed: GuestEmbed = { resource: { dashboard: 1 }, params: { region: 'EU' } }
 */
export interface GuestEmbed {
  /** The item. */
  resource: GuestResource
  /** Its locked parameters. Default `{}`. */
  params?: GuestParams | undefined
}

/**
 * How an `/embed/…` iframe looks, by Metabase's own names: goes into the URL's fragment. Lists are joined by commas.
 * Further names that your Metabase knows are passed on as they are.
 * @example const appearance: GuestAppearance = { bordered: false, theme: 'night', refresh: 60 }
 */
export interface GuestAppearance {
  /** Whether the item has a border. Metabase's default: true. */
  bordered?: boolean | undefined
  /** Whether the item has its title. Metabase's default: true. */
  titled?: boolean | undefined
  /** The colours. Metabase's default: light. */
  theme?: 'night' | 'transparent' | (string & {}) | undefined
  /** Seconds between reloads of a dashboard. */
  refresh?: number | undefined
  /** Name of a font that Metabase has. */
  font?: string | undefined
  /** Names of parameters that are not shown. */
  hide_parameters?: string | readonly string[] | undefined
  [name: string]: string | number | boolean | readonly string[] | undefined
}

/** Signs guest tokens. */
export interface GuestIssuer {
  sign (embed: GuestEmbed): Promise<string>
  embedUrl (embed: GuestEmbed, appearance?: GuestAppearance): Promise<URL>
}

interface Parts {
  sign: Signer
  /** The embedding secret key. */
  keys: SigningKeys
  /** The JWT signing keys, each of which must be another one. Absent without sign-ins. */
  ssoKeys: SigningKeys | undefined
  publicUrl: string
  /** Seconds between `iat` and `exp`. */
  lifetime: number
}

export function createGuestIssuer ({ sign: signWith, keys, ssoKeys, publicUrl, lifetime }: Parts): GuestIssuer {
  async function sign (embed: GuestEmbed, call: string): Promise<string> {
    const { resource, params = {} } = Object(embed) as GuestEmbed
    const iat = Math.floor(Date.now() / 1000)
    const payload = { resource: checkResource(resource, call), params: checkParams(params), iat, exp: iat + lifetime }
    const key = await keys.current()
    // What a function returns could not be compared when the app booted.
    const others = await Promise.resolve(ssoKeys?.all() ?? []).catch(() => [])
    if (others.some(other => isSameSecret(key, other))) throw new errorCodes.METABASE_SSO_GUEST_SECRET_SHARED()
    return signBounded(signWith, payload, key)
  }

  return {
    sign: async embed => await sign(embed, 'signGuest'),
    async embedUrl (embed, appearance = {}) {
      const jwt = await sign(embed, 'guestEmbedUrl') // which checks the resource
      const url = new URL(`${publicUrl}/embed/${'dashboard' in embed.resource ? 'dashboard' : 'question'}/${jwt}`)
      const shown = new URLSearchParams()
      for (const [name, value] of Object.entries(appearance)) if (value !== undefined) shown.set(name, String(value))
      if (url.href.length > MAX_URL_LENGTH) throw new errorCodes.METABASE_SSO_TOKEN_TOO_LARGE('a URL may be')
      url.hash = shown.toString().replaceAll('+', '%20')
      return url
    }
  }
}
