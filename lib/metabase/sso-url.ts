import { errorCodes } from '../errors.js'

/** Characters of an encoded `return_to`: a JWT has to fit beside it. */
const MAX_RETURN_TO = 4000

/** Characters of a URL that proxies take in a request line: web servers commonly have 8 KiB for it. */
export const MAX_URL_LENGTH = 8000

/**
 * Where a browser is sent to be signed in to Metabase.
 * @param returnTo where Metabase sends it then, as `readReturnTo` returns it: always given, since v56 fails without
 */
export function ssoUrl (publicUrl: string, jwt: string, returnTo: string): URL {
  const url = new URL(`${publicUrl}/auth/sso`)
  url.searchParams.set('jwt', jwt)
  url.searchParams.set('return_to', returnTo)
  if (url.href.length > MAX_URL_LENGTH) throw new errorCodes.METABASE_SSO_TOKEN_TOO_LARGE('a redirect may be')
  return url
}

/**
 * Reads a `return_to`: a path on the instance, with its path prefix, or a URL of it. The result is put together from
 * what was parsed, in ASCII: Metabase writes it into `Location` as it is, where Jetty makes a space of any character
 * above U+00FF.
 * @param value undefined for the instance's home page
 */
export function readReturnTo (value: unknown, publicUrl: string): string {
  if (value === undefined) return homeOf(publicUrl)
  const base = new URL(`${publicUrl}/`)
  if (typeof value !== 'string') throw new errorCodes.METABASE_SSO_RETURN_TO_INVALID('is no single text')
  if (!URL.canParse(value, base.href)) throw new errorCodes.METABASE_SSO_RETURN_TO_INVALID('is no URL')
  const returnTo = pathOf(new URL(value, base))
  const isTooLong = encodeURIComponent(returnTo).length > MAX_RETURN_TO
  if (isTooLong) throw new errorCodes.METABASE_SSO_RETURN_TO_INVALID('is too long')
  // Read again, as Metabase and the browser will: /.//host parses to a path that leads to another host.
  for (const text of [value, returnTo, decodedSlashes(returnTo)]) {
    const url = URL.canParse(text, base.href) ? new URL(text, base) : undefined
    // Two slashes begin a host, which Metabase refuses even where it is its own.
    if (url?.origin !== base.origin || returnTo.startsWith('//')) {
      throw new errorCodes.METABASE_SSO_RETURN_TO_INVALID('leads to another origin')
    }
    if (!url.pathname.startsWith(base.pathname) && `${url.pathname}/` !== base.pathname) {
      throw new errorCodes.METABASE_SSO_RETURN_TO_INVALID(`leaves the path prefix: write ${base.pathname}dashboard/1`)
    }
  }
  return returnTo
}

/** The path of the instance's home page. Most requests ask for it: it is cut out, not parsed. */
const homeOf = (publicUrl: string): string => `${publicUrl.replace(/^https?:\/\/[^/]*/, '')}/`

/** Java's URI class takes fewer characters than the URL standard: no stray %, and no second #. */
const pathOf = ({ pathname, search, hash }: URL): string =>
  `${pathname.replace(/[[\]]/g, encodeURIComponent)}${search}${hash.replace(/(?<!^)#/g, '%23')}`
    .replace(/[^\x21-\x7e]|["<>\\^`{|}]/g, encodeURIComponent)
    .replace(/%(?![0-9a-f]{2})/gi, '%25')

/** As servers read a path that decode a slash before they look for `..`. */
const decodedSlashes = (path: string): string => path.replace(/%(2f|5c)/gi, '/')

/**
 * Reads `return_to` from the query of a request. Metabase appends it without encoding: where its value has a bare `?`,
 * all that follows belongs to it.
 * @param parsed the value as the app's query parser sees it
 */
export function returnToOf (url: string, parsed: unknown): unknown {
  if (parsed === undefined) return undefined
  const [, raw = ''] = /^[^?]*\?(?:.*?&)??return_to=(.*)/s.exec(url) ?? []
  return /^(\/|https?:)[^&]*\?/i.test(raw) ? raw : parsed
}
