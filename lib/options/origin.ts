import { errorCodes } from '../errors.js'
import type { AllowOrigin } from '../host/functions.js'

/** An allowed front end: an exact origin, or a pattern for the whole `Origin` header. */
export type Origin = string | RegExp

/**
 * Checks the `origin` option.
 * @returns copies of patterns, or the function
 * @throws METABASE_SSO_ORIGIN_INVALID
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

const MATCH_ALL = 'may not be true, "*" or a pattern that matches everything: this endpoint hands out credentials'

/** An origin that no page can have (RFC 2606): a pattern that matches it matches everything. */
const NO_PAGE = 'https://fastify-metabase-sso.invalid'

function problemOf (origin: unknown): string | undefined {
  if (origin === true || origin === '*') return MATCH_ALL
  if (origin instanceof RegExp) return patternProblem(origin)
  if (typeof origin !== 'string') return 'must hold strings and regular expressions only'
  if (origin.includes('*')) return `holds "${origin}"; write a pattern as a regular expression`
  if (!URL.canParse(origin)) return `holds "${origin}", which lacks a scheme`
  const url = new URL(origin)
  // Browsers send scheme, host and a port that is not the default. Other schemes (capacitor://) have no URL origin.
  const sent = url.origin === 'null' ? `${url.protocol}//${url.host}` : url.origin
  return origin === sent && url.host !== '' ? undefined : `holds "${origin}"; browsers send "${sent}"`
}

function patternProblem (pattern: RegExp): string | undefined {
  if (new RegExp(pattern).test(NO_PAGE)) return MATCH_ALL
  const { source, multiline } = pattern
  const hasEnd = /(?<!\\)(?:\\\\)*\$$/.test(source)
  const isAnchored = source.startsWith('^') && hasEnd && !multiline && !hasAlternation(source)
  return isAnchored ? undefined : `holds ${pattern}, which is not anchored at both ends: write ^ and $ around it`
}

/** Tells whether a `|` stands outside every group and class: each anchor then holds for one side alone. */
function hasAlternation (source: string): boolean {
  const plain = source.replace(/\\./g, '').replace(/\[[^\]]*\]/g, '')
  let depth = 0
  for (const character of plain) {
    if (character === '(') depth++
    else if (character === ')') depth--
    else if (character === '|' && depth === 0) return true
  }
  return false
}

/** Whether the list allows an origin. `null`, which any sandboxed page sends, is none. */
export function isListed (allowed: readonly Origin[], origin: string): boolean {
  return allowed.some(entry => {
    if (typeof entry === 'string') return entry === origin
    entry.lastIndex = 0 // of our copy: a pattern with the g or y flag would go on from its last match
    return entry.test(origin)
  })
}
