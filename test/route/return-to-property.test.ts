import fc from 'fast-check'
import t from 'tap'
import { checkReturnTo } from '../../testing/routes/sso.js'
import { NAVIGATION, startHost } from '../helpers/host.js'

/** Strings that look like URLs and like attacks on parsers of URLs. */
function urlLike (instance: string) {
  const punctuation = fc.constantFrom('/', '//', '\\', '@', ':', '?', '#', '.', '..', '%2F', '%5C', '%2e', '%',
    '\t', '\n', '\r', ' ', ';', '[', ']', '日', '\u2028', '|', '{')
  const word = fc.constantFrom('http:', 'https:', 'HTTP:', 'javascript:', 'blob:', 'evil.example', 'metabase', instance,
    new URL(instance).host, '127.0.0.1')
  const anything = fc.string({ unit: 'binary', maxLength: 3 })
  const evil = { weight: 2, arbitrary: fc.constant('evil.example') }
  const parts = fc.array(fc.oneof(punctuation, word, evil, anything), { maxLength: 6 })
  return fc.tuple(fc.constantFrom('', '/', '\t', instance, 'http:', 'https:'), punctuation, parts)
    .map(([start, next, rest]) => start + next + rest.join(''))
}

/** As Jetty writes a header: characters above U+00FF, and those that end a line, become spaces. */
const asJetty = (value: string): string => value.replace(/[^\t\x20-\x7e\x80-\xff]/g, ' ')
/** As a server reads a path that decodes slashes first. */
const decoded = (path: string): string => path.replace(/%2f/gi, '/').replace(/%5c/gi, '\\')

for (const basePath of ['', '/metabase']) {
  t.test(`whatever return_to is, it stays on the instance (path prefix "${basePath}")`, async t => {
    const { app, metabase, logIn } = await startHost(t, { metabase: { basePath }, server: { logger: false } })
    const cookies = await logIn()
    const sso = new URL(`${metabase.url}/auth/sso`)
    const isOnInstance = (returnTo: string): boolean => {
      const { origin, pathname } = new URL(returnTo, sso)
      return origin === sso.origin && `${pathname}/`.startsWith(`${basePath}/`)
    }
    const wild = fc.oneof(fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.webPath(),
      fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))
    const returnTos = fc.oneof({ weight: 3, arbitrary: urlLike(metabase.url) }, wild)
    let accepted = 0

    await fc.assert(fc.asyncProperty(returnTos, fc.boolean(), async (returnTo, isBare) => {
      const text = Buffer.from(returnTo).toString() // without lone surrogates, which no URL holds
      const query = isBare ? encodeURI(text).replaceAll('#', '%23') : encodeURIComponent(text)
      const response = await app.inject({ url: `/sso/metabase?return_to=${query}`, cookies, headers: NAVIGATION })
      if (response.statusCode === 400) return response.headers.location === undefined
      accepted++
      const location = new URL(String(response.headers.location))
      const [sent = '', ...others] = location.searchParams.getAll('return_to')
      return response.statusCode === 302 && others.length === 0 && location.searchParams.getAll('jwt').length === 1 &&
        location.origin + location.pathname === sso.href && location.hash === '' &&
        /^\/[\x21-\x7e]*$/.test(sent) && sent.split('#').length <= 2 &&
        isOnInstance(sent) && isOnInstance(asJetty(sent)) && isOnInstance(decoded(sent)) &&
        checkReturnTo(metabase as never, sent) === sent // Metabase takes it
    }), { numRuns: 1500 })
    t.ok(accepted > 100, `${accepted} of them were accepted: the property is not empty`)
  })

  t.test(`every path of the instance is accepted (path prefix "${basePath}")`, async t => {
    const { app, metabase, logIn } = await startHost(t, { metabase: { basePath } })
    const cookies = await logIn()
    const { origin } = new URL(metabase.url)
    const paths = fc.tuple(fc.constantFrom('', origin), fc.webPath({ size: 'small' }), fc.string({ unit: 'grapheme' }))
      .filter(([, path]) => path.startsWith('/') && !path.includes('//'))
      .map(([start, path, query]) => `${start}${basePath}${path}?${query}`)
    await fc.assert(fc.asyncProperty(paths, async returnTo => {
      const url = `/sso/metabase?return_to=${encodeURIComponent(returnTo)}`
      const { statusCode } = await app.inject({ url, cookies, headers: NAVIGATION })
      return statusCode === 302
    }), { numRuns: 200 })
    t.pass('all were')
  })
}
