import type { Instance } from './instance.js'
import { Refused } from './refused.js'

/** Characters that Java's URI class, which Metabase parses with, does not take unescaped. */
// eslint-disable-next-line no-control-regex
const notInUri = /[\x00-\x20\x7f"<>\\^`{|}]|%(?![0-9a-f]{2})/i
/** Scheme, then host: each is absent, or a string that may be empty. */
const schemeAndHost = /^([a-z][a-z0-9+.-]*:)?(?:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*))?/i

/**
 * Where to go after the login: on this instance, else Metabase refuses.
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
