import fc from 'fast-check'
import t from 'tap'
import { NAVIGATION, startHost } from '../helpers/host.js'

/** Strings that look like URLs and like attacks on parsers of URLs. */
function urlLike (instance: string) {
  const punctuation = fc.constantFrom('/', '//', '\\', '@', ':', '?', '#', '.', '..', '%2F', '%5C', '%', '\t', '\n', '\r', ' ', ';', '[', ']')
  const word = fc.constantFrom('http:', 'https:', 'HTTP:', 'javascript:', 'evil.example', instance, new URL(instance).host, '127.0.0.1')
  const anything = fc.string({ unit: 'binary', maxLength: 3 })
  const parts = fc.array(fc.oneof(punctuation, word, { weight: 2, arbitrary: fc.constant('evil.example') }, anything), { maxLength: 5 })
  return fc.tuple(fc.constantFrom('', '/', '\t', instance, 'http:', 'https:'), punctuation, parts)
    .map(([start, next, rest]) => start + next + rest.join(''))
}

for (const basePath of ['', '/metabase']) {
  t.test(`whatever return_to is accepted, it stays on the instance (path prefix: "${basePath}")`, async t => {
    const { app, metabase, logIn } = await startHost(t, { metabase: { basePath } })
    const cookies = await logIn()
    const sso = new URL(`${metabase.url}/auth/sso`)
    let accepted = 0

    const returnTos = fc.oneof({ weight: 4, arbitrary: urlLike(metabase.url) }, fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.webPath(), fc.string({ unit: 'binary' }))
    await fc.assert(fc.asyncProperty(returnTos, async returnTo => {
      const url = `/sso/metabase?return_to=${encodeURIComponent(returnTo)}`
      const response = await app.inject({ url, cookies, headers: NAVIGATION })
      if (response.statusCode === 400) return response.headers.location === undefined
      accepted++
      const location = new URL(String(response.headers.location))
      const target = new URL(returnTo, sso)
      return response.statusCode === 302 &&
        target.origin === sso.origin && target.username === '' && target.password === '' &&
        location.origin + location.pathname === sso.href && location.hash === '' &&
        location.searchParams.getAll('return_to').length === 1 && location.searchParams.get('return_to') === returnTo &&
        location.searchParams.getAll('jwt').length === 1
    }), { numRuns: 1000 })
    t.ok(accepted > 25, `${accepted} of them were accepted: the property is not empty`)
  })

  t.test(`every path of the instance is accepted (path prefix: "${basePath}")`, async t => {
    const { app, metabase, logIn } = await startHost(t, { metabase: { basePath } })
    const cookies = await logIn()
    const { origin } = new URL(metabase.url)
    const paths = fc.tuple(fc.constantFrom('', origin), fc.webPath({ size: 'small' }), fc.webQueryParameters(), fc.webFragments())
      .filter(([, path]) => path.startsWith('/') && !path.startsWith('//'))
      .map(([start, path, query, fragment]) => `${start}${path}?${query}#${fragment}`)
    await fc.assert(fc.asyncProperty(paths, async returnTo => {
      const url = `/sso/metabase?return_to=${encodeURIComponent(returnTo)}`
      const { statusCode } = await app.inject({ url, cookies, headers: NAVIGATION })
      return statusCode === 302
    }), { numRuns: 200 })
    t.pass('all were')
  })
}
