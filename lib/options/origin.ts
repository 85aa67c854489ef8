import { isIP } from 'node:net'
import { errorCodes } from '../errors.js'
import type { AllowOrigin } from '../host/functions.js'

/**
 * An allowed front end: an exact origin, or a pattern for the whole `Origin` header.
 * @example const origins: Origin[] = ['https://app.example.com', /^https:\/\/[\w-]+\.example\.com$/]
 */
export type Origin = string | RegExp

/**
 * Checks the `origin` option.
 * @returns copies of patterns, or the function
 */
export function readOrigins (value: unknown): readonly Origin[] | AllowOrigin {
  if (typeof value === 'function') return value as AllowOrigin
  if (value === false) return []
  const origins: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (origins.length === 0) throw new errorCodes.METABASE_SSO_ORIGIN_INVALID('is an empty list; write false for none')
  return origins.map(readOrigin)
}

function readOrigin (origin: unknown): Origin {
  const problem = problemOf(origin)
  if (problem !== undefined) throw new errorCodes.METABASE_SSO_ORIGIN_INVALID(problem)
  return origin instanceof RegExp ? new RegExp(origin) : String(origin)
}

function problemOf (origin: unknown): string | undefined {
  if (origin === true || origin === '*') return 'may not be true or "*": this endpoint hands out credentials'
  if (origin instanceof RegExp) {
    if (!isOwnPattern(origin)) return `holds ${origin}, ${FOREIGN}`
    return isQuick(origin) ? undefined : `holds ${origin}, ${SLOW}`
  }
  if (typeof origin !== 'string') return 'must hold strings and regular expressions only'
  if (origin.includes(',')) return `holds "${origin}"; write several as an array: ["https://a", "https://b"]`
  if (origin.includes('*')) return `holds "${origin}"; write a pattern as a regular expression`
  if (!origin.includes('://')) return `holds "${origin}", which lacks a scheme${withScheme(origin)}`
  if (!URL.canParse(origin)) return `holds "${origin}", which is no URL`
  const url = new URL(origin)
  // Browsers send scheme, host and a port that is not the default. `url.origin` is null for schemes like capacitor://.
  const sent = `${url.protocol}//${url.host}`
  return origin === sent && url.host !== '' ? undefined : `holds "${origin}"; browsers send "${sent}": write that`
}

/** Names the origin that was probably meant: a host, and perhaps a port. */
function withScheme (text: string): string {
  if (!/^[\w.-]+(?::\d+)?\/?$|^\[[\da-f:.]+\](?::\d+)?\/?$/i.test(text) || !URL.canParse(`https://${text}`)) return ''
  const { hostname } = new URL(`https://${text}`)
  const isLocal = /(?:^|\.)localhost$/.test(hostname) || isIP(hostname.replace(/[[\]]/g, '')) !== 0
  // A lone word is rather the text "null", or a variable that is not set.
  if (!isLocal && !hostname.includes('.')) return ''
  return `: write "${new URL(`${isLocal ? 'http' : 'https'}://${text}`).origin}"`
}

const FOREIGN = 'which may match the origin of a foreign page: anchor it at both ends, and end it in your domain ' +
  'with each dot escaped, as in /^https:\\/\\/[^.]+\\.example\\.com$/'

const SLOW = 'which a long Origin header can keep busy for minutes: repeat no group that repeats something itself, ' +
  'but such as ([\\w-]+\\.)*, and at most three things in all'

/** Characters of an origin: `https://`, a host of 253, and a port. A longer one is not compared with patterns. */
const MAX_LENGTH = 300

/** One part of a pattern: an escape, a class or a bare dot. */
const PART = /\\.|\[(?:\\.|[^\]\\])*\]|\./g

/** A part of a pattern that a dot of a host does not match. */
const DOTLESS = /^(?:\\[wd/:-]|\[\^[^\]]*\.[^\]]*\]|\[(?:\\[wd-]|[\w-])+\])$/

/** Whether a pattern takes a short time for any origin. When in doubt, it does not. */
function isQuick ({ source }: RegExp): boolean {
  const letterOf = (part: string): string => DOTLESS.test(part) ? 'c' : '%'
  const plain = source
    .replace(PART, part => part === '\\.' || part === '[.]' ? '.' : letterOf(part))
    // Labels of a host, each with its dot, can be read in one way.
    .replace(/\((?:\?:)?[\w-]+(?:[*+]|\{\d+(?:,\d*)?\})?\.\)(?=[*+{])/g, 'c')
  const repetitions = plain.match(/[*+]|\{\d+,/g) ?? []
  return !/\)[*+{]/.test(plain) && repetitions.length <= 3
}

/** What `isOwnPattern` reads in place of these parts of a pattern: `.` is a literal dot, `%` any character. */
const PLAIN: Readonly<Record<string, string | undefined>> =
  { '\\.': '.', '[.]': '.', '.': '%', '\\/': '/', '\\:': ':', '\\-': '-', '\\d': '#', '[0-9]': '#' }

/**
 * The end of an anchored pattern: a literal domain of two labels after `//` or a dot, a literal host, a name that no
 * page of the internet has (RFC 6761), or an IPv4 address of the own network. A port may follow.
 */
const OWN_HOST = new RegExp([
  String.raw`^\^(?!.*%(?![+*{]))[^|()]*`, // a bare dot is a forgotten backslash
  String.raw`(?:(?://|\.)(?:[\w-]+\.)+[\w-]+|//[\w-]+|\.(?:localhost|test|internal)`,
  String.raw`|//(?:10|127|192\.168)\.[\d#.+{},]+)`,
  String.raw`(?:/\?|:(?![?*{])[^|()]*)?\$$`
].join(''))

/** Tells whether a pattern matches hosts of one owner only. When in doubt, it does not. */
function isOwnPattern ({ source, multiline }: RegExp): boolean {
  const plain = source.replace(PART, text => PLAIN[text] ?? '~')
  return !multiline && branches(plain).every(branch => OWN_HOST.test(branch))
}

/** Writes a pattern out without groups: a pattern for each choice, where `~` stands for anything. */
function branches (plain: string): string[] {
  const group = /\((\?<?[=!]|\?:|\?<\w+>)?([^()]*)\)(?:([?*+]|\{[\d,]*\})\??)?/.exec(plain)
  if (group === null) return [plain]
  const [text, kind = '', inner = '', quantifier = ''] = group
  const choices = /[=!]/.test(kind) ? [] : inner.split('|').map(part => /[*+{]/.test(quantifier) ? `~${part}` : part)
  if (choices.length === 0 || /[?*{]/.test(quantifier)) choices.push('')
  const [before, after] = [plain.slice(0, group.index), plain.slice(group.index + text.length)]
  return choices.flatMap(choice => branches(before + choice + after))
}

/** Whether the list allows an origin. None allows `null`, which any sandboxed page sends. */
export function isListed (allowed: readonly Origin[], origin: string): boolean {
  return allowed.some(entry => {
    if (typeof entry === 'string') return entry === origin
    if (origin.length > MAX_LENGTH) return false
    entry.lastIndex = 0 // of our copy: a pattern with the g or y flag would go on from its last match
    return entry.test(origin)
  })
}
