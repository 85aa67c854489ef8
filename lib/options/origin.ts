/** An allowed front end: an exact origin, or a pattern for the whole `Origin` header. */
export type Origin = string | RegExp

/** What is wrong with an entry of the `origin` option, or undefined when nothing is. */
export function originProblem (origin: unknown): string | undefined {
  if (origin instanceof RegExp) return undefined
  if (typeof origin !== 'string') return 'must hold strings and regular expressions only'
  if (origin.includes('*')) return `holds "${origin}"; write a pattern as a regular expression`
  if (!URL.canParse(origin)) return `holds "${origin}", which lacks a scheme`
  const url = new URL(origin)
  // Browsers send scheme, host and a port that is not the default; schemes of their own (capacitor://) have no URL origin.
  const sent = url.origin === 'null' ? `${url.protocol}//${url.host}` : url.origin
  return origin === sent && url.host !== '' ? undefined : `holds "${origin}"; browsers send "${sent}"`
}

/** Whether a pattern lets everybody in: then it matches an origin, too, that nobody can have (RFC 2606). */
export const isMatchAll = (origin: unknown): boolean => origin instanceof RegExp && new RegExp(origin).test('https://fastify-metabase-sso.invalid')

/** Whether a page of this origin may read our answers. `null`, which any sandboxed page sends, never may. */
export function isAllowedOrigin (allowed: readonly Origin[], origin: string | undefined): origin is string {
  if (origin === undefined || origin === 'null') return false
  return allowed.some(entry => {
    if (typeof entry === 'string') return entry === origin
    entry.lastIndex = 0 // of our copy: a pattern with the g or y flag would go on from its last match
    return entry.test(origin)
  })
}
