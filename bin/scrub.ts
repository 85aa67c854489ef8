import type { CheckedClaims } from '../lib/claims.js'
import type { DiagnosisSettings } from '../lib/diagnosis/report.js'

/** Takes every value out of what Metabase answers. What stays is its shape, and the words that say what happened. */
export interface Scrubber {
  /** Of a path, keeps all but credentials and the values of the query. */
  path: (path: string) => string
  body: (text: string, type: string) => unknown
}

/** Fields whose text says what happened. Any other text is a value. */
const TELLING: ReadonlySet<string> = new Set(['status', 'method', 'message', 'error', 'error_code', 'cause', 'via', 'tag'])

/** Fields whose names are values, too. */
const NAMED_BY_USERS = /attributes$/

/** JWTs, addresses, URLs, and whatever is as long as an id. */
const VALUES = [/eyJ[\w-]+\.[\w-]+\.[\w-]*/g, /[^\s"'<>]+@[^\s"'<>]+/g, /\w+:\/\/[^\s"'<>]+/g, /\b(?=[\w-]*\d)[\w-]{16,}\b/g]

/** Characters that are kept of a text. */
const MAX_LENGTH = 200

/** @param claims of the sign-in */
export function createScrubber (settings: DiagnosisSettings, claims: CheckedClaims | undefined): Scrubber {
  const { instanceUrl, publicUrl, appUrl, origins = [], secret, guestSecret } = settings
  const hosts = [instanceUrl, publicUrl, appUrl, ...origins].flatMap(url => url === undefined ? [] : new URL(url).host)
  const keys = [secret, guestSecret].flatMap(keys => Array.isArray(keys) ? keys.map(String) : [])
  // Longest first: one may be a part of another. Shorter than three characters they would be found in any word.
  const own = [...hosts, ...keys, ...textsIn(claims?.payload)]
    .filter(text => text.length > 2)
    .sort((one, other) => other.length - one.length)
  const ownNames = new Set(Object.keys(claims?.payload ?? {}))

  const scrub = (text: string): string => {
    const withoutOwn = own.reduce((text, value) => text.replaceAll(value, '<value>'), text)
    return VALUES.reduce((text, value) => text.replaceAll(value, '<value>'), withoutOwn).slice(0, MAX_LENGTH)
  }

  function scrubJson (value: unknown, name = ''): unknown {
    if (typeof value === 'string') return name === '' || TELLING.has(name) ? scrub(value) : '<text>'
    if (typeof value === 'number') return 0
    if (Array.isArray(value)) return value.slice(0, 1).map(item => typeof item === 'string' ? '<text>' : scrubJson(item))
    if (typeof value !== 'object' || value === null) return value
    const isNamedByUsers = NAMED_BY_USERS.test(name)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => {
      const isOwn = isNamedByUsers || (ownNames.has(key) && !TELLING.has(key) && !STANDARD.has(key))
      return isOwn ? ['<name>', '<value>'] : [key, scrubJson(item, key)]
    }))
  }

  return {
    path: path => {
      const { pathname, searchParams } = new URL(path, 'http://metabase')
      const names = [...searchParams.keys()].map(name => `${name}=…`)
      return [scrub(pathname), ...names.length === 0 ? [] : [names.join('&')]].join('?')
    },
    body (text, type) {
      if (text === '') return ''
      if (/html/.test(type) || /^\s*</.test(text)) return '<page>'
      try {
        return scrubJson(JSON.parse(text))
      } catch {
        return scrub(text)
      }
    }
  }
}

/** Names of claims that Metabase's own answers have, too. */
const STANDARD: ReadonlySet<string> = new Set(['email', 'first_name', 'last_name', 'groups'])

/** Lists the texts in a value. */
function textsIn (value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
