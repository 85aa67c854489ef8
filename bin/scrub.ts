import { jsonOf } from '../lib/metabase/responses.js'
import { refusals } from '../testing/failures/refusals.js'

/** Fields whose text says what happened. Any other text is a value. */
const TELLING: ReadonlySet<string> = new Set(['', 'status', 'method', 'message', 'error', 'error_code', 'cause'])

/** Characters of a text that are looked at: a response may have a megabyte. */
const MAX_LENGTH = 200

const withoutNumbers = (text: string): string => text.replaceAll(/<\w+>|\d+/g, '0')

/** Texts of Metabase itself, without numbers. Any other text may hold a value. */
const SENTENCES: ReadonlySet<string> = new Set([
  ...textsIn(refusals),
  'Embedding is not enabled.', 'Metabase is still initializing. Please sit tight...', 'Not found.',
  'Something went wrong', 'Unauthenticated', 'initializing', 'jwt', 'ok', 'saml'
].map(withoutNumbers))

/** Names of fields as Metabase writes them. Any other may be a group, a host or a user. */
const FIELD = /^[a-z][a-z0-9_@?-]{0,40}$/

/** Objects whose fields are named by users. */
const NAMED_BY_USERS = /(attributes|mappings|sandboxing|geojson)$/

/** Levels of JSON that are kept. */
const MAX_DEPTH = 10

/** Keeps a text of Metabase itself, and of any other its length. */
function scrubText (text: string): string {
  const sentence = withoutNumbers(text.trim().slice(0, MAX_LENGTH))
  return SENTENCES.has(sentence) ? sentence : `<text of ${text.length} characters>`
}

/** Keeps the release of a tag such as `v1.58.2-of-ours`. */
export const scrubTag = (tag: string): string => /^v\d(\.\d{1,4}){1,3}/.exec(tag)?.[0] ?? scrubText(tag)

/** Keeps the words of a path, and the names of its query. */
export function scrubPath (path: string): string {
  const { pathname, searchParams } = new URL(path, 'http://metabase')
  const parts = pathname.split('/').map(part => /^[a-z_]{0,20}$/.test(part) ? part : '<value>')
  const names = [...searchParams.keys()].map(name => `${name}=…`)
  return parts.join('/') + (names.length === 0 ? '' : `?${names.join('&')}`)
}

/** Takes every value out of what Metabase answers. What stays is its shape, and texts of Metabase itself. */
export function scrubBody (text: string, type: string): unknown {
  if (text === '') return ''
  const first = text.trimStart().charAt(0)
  if (type.includes('html') || first === '<') return '<page>'
  const json = jsonOf({ body: text })
  if (json !== undefined) return scrubJson(json)
  return first === '{' || first === '[' ? '<broken JSON>' : scrubText(text)
}

function scrubJson (value: unknown, name = '', depth = 0): unknown {
  if (depth > MAX_DEPTH) return '<deeper>'
  if (typeof value === 'string') {
    if (name === 'tag') return scrubTag(value)
    return TELLING.has(name) ? scrubText(value) : '<text>'
  }
  if (typeof value === 'number') return 0
  if (Array.isArray(value)) return value.slice(0, 1).map(item => scrubJson(item, 'item', depth + 1))
  if (typeof value !== 'object' || value === null) return value
  const isNamedByUsers = NAMED_BY_USERS.test(name)
  return Object.fromEntries(Object.entries(value).map(([key, item]) =>
    isNamedByUsers || !FIELD.test(key) ? ['<name>', '<value>'] : [key, scrubJson(item, key, depth + 1)]))
}

/** Lists the texts in a value. */
function textsIn (value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
