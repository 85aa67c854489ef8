import fc from 'fast-check'
import t from 'tap'
import { checkAnswer, fuzz, headers } from '../helpers/fuzz.js'
import { NAVIGATION, startHost } from '../helpers/host.js'

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.webUrl(
  { withFragments: true, withQueryParameters: true }
), fc.constantFrom(
  '/dashboard/1', '//evil.example', '/\\evil.example', 'https:evil.example', 'https:///evil.example', '/\t/evil.example', 'javascript:alert(1)', '/..//evil.example', '\u2028//evil.example', '/%2f/evil.example', '?jwt=x', '#'))

const query = fc.array(fc.tuple(fc.oneof(
  fc.constantFrom('return_to', 'response', 'jwt', 'token', 'redirect', '__proto__', 'constructor'),
  fc.string({ maxLength: 10 })
), fc.oneof(text, fc.constant('json'))), { maxLength: 4 })

t.test('the route answers any GET: no 500, no secret, no CORS, no foreign redirect', async t => {
  const { app, metabase, logIn } = await startHost(t, { server: { logger: false } })
  const cookies = await logIn()
  await fuzz(t, fc.record({
    method: fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE'), query, headers, isSignedIn: fc.boolean()
  }), 1200, async ({ method, query, headers, isSignedIn }) => {
    const { cookie, ...others } = headers
    const url = `/sso/metabase?${new URLSearchParams(query)}`
    const response = await app.inject(
      { method: method as 'GET', url, headers: isSignedIn ? others : headers, cookies: isSignedIn ? cookies : {} }
    )
    checkAnswer(response, headers.origin, metabase)
    if (!isSignedIn && response.statusCode === 200) throw new Error('a visitor got an answer')
    if (method !== 'GET' && response.statusCode === 200) throw new Error(`${method} was answered`)
  })
})

t.test('wherever a navigation wants to end: it ends on the instance, or is refused', async t => {
  const { app, metabase, logIn } = await startHost(t, { server: { logger: false } })
  const cookies = await logIn()
  const parts = fc.array(fc.oneof(fc.constantFrom(
    '/',
    '//',
    '\\',
    ':',
    '@',
    '?',
    '#',
    '.',
    '..',
    '%2f',
    '\t',
    'http:',
    'https:',
    'javascript:',
    'evil.example',
    metabase.url
  ), fc.string({ maxLength: 3 })), { maxLength: 6 })
  await fuzz(t, parts, 1500, async parts => {
    const url = `/sso/metabase?${new URLSearchParams({ return_to: parts.join('') })}`
    checkAnswer(await app.inject({ url, cookies, headers: NAVIGATION }), undefined, metabase)
  })
})

t.test('a query that is no query is no worse', async t => {
  const { app, metabase, logIn } = await startHost(t, { server: { logger: false } })
  const cookies = await logIn()
  const raw = fc.string({ unit: fc.constantFrom(...'%&=?#/\\;+[]{}"<>|^`~.:@!$\'()*,-_ab01'), maxLength: 80 })
  await fuzz(t, raw, 500, async raw => {
    checkAnswer(await app.inject({ url: `/sso/metabase?${raw.replaceAll('#', '%23')}`, cookies }), undefined, metabase)
  })
})
