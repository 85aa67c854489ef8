import type { ResolvedOptions } from './resolve.js'
import type { SecretSource } from './secret.js'

/** Returns what is probably a mistake in options that can be meant, a sentence each. None quotes a secret. */
export function warningsOf (
  { instanceUrl, publicUrl, secret, guest }: Pick<ResolvedOptions, 'instanceUrl' | 'publicUrl' | 'secret' | 'guest'>
): string[] {
  const warnings = [...secretWarnings('secret', secret), ...secretWarnings('guest.secret', guest?.secret)]
  // Behind another `publicUrl`, the instance has an address of the own network, whatever its name looks like.
  if (publicUrl === instanceUrl && isPublicHttp(new URL(instanceUrl))) {
    warnings.push('option "instanceUrl" is http:// for a public name: JWTs and sessions can be read on the way. ' +
      'Write https://; or set `publicUrl`, if `instanceUrl` is an address of your own network')
  }
  return warnings
}

function secretWarnings (option: string, source: SecretSource | undefined): string[] {
  if (typeof source !== 'object') return []
  return source.flatMap(key => {
    const text = key.toString()
    if (/^(["'`]).*\1$/.test(text)) return `option "${option}" stands in quotes, which are then a part of the key`
    return PLACEHOLDER.test(text) ? `option "${option}" looks like a placeholder: copy the key from Metabase` : []
  })
}

/** Metabase generates keys of hexadecimal digits, none of which reads so. */
const PLACEHOLDER = /undefined|change[-_ ]?(me|this|it)|replace[-_ ]?(me|this)|placeholder|your[-_ ]|^<.*>$/i

/** Names and addresses that only the own machine or network has (RFC 1918, 4193, 6761, 6762). */
const OWN_NETWORK = new RegExp([
  String.raw`^[^.[]+$`,
  String.raw`\.(?:internal|local|svc|localhost)$`,
  String.raw`^(?:10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d+){2,3}$`,
  String.raw`^\[(?:::1\]|f[cd][\da-f]{2}:|fe[89ab][\da-f]:)`
].join('|'))

/** Whether what goes to the URL can be read by others on the way. */
export const isPublicHttp = ({ protocol, hostname }: URL): boolean =>
  protocol === 'http:' && !OWN_NETWORK.test(hostname.replace(/\.$/, ''))
