import fc from 'fast-check'
import t from 'tap'
import type { MetabaseSsoOptions } from '../../index.js'
import { fuzz } from '../helpers/fuzz.js'
import { NAVIGATION, ORIGIN, startHost } from '../helpers/host.js'

const part = fc.oneof(
  fc.constantFrom(
    'https://',
    'http://',
    'app',
    'app.example.com',
    '.',
    'example.org',
    '.example.org',
    ':',
    '443',
    '8443',
    '/',
    '\\',
    '@',
    '#',
    '?',
    ',',
    ' ',
    'null',
    'evil.io',
    '%2e',
    '[::1]',
    '*'
  ),
  fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map(code => String.fromCharCode(code)), maxLength: 4 }))
const origin = fc.oneof(
  fc.constantFrom(ORIGIN, 'https://a.example.org', 'null'),
  fc.tuple(fc.constantFrom('', 'https://', ORIGIN, 'https://a.example.org'), fc.array(part, { maxLength: 5 })).map(
    ([beginning, parts]) => beginning + parts.join('').trim()
  ))

/** Tells whether a browser would send it for a page of the host's. */
const isOurs = (origin: string) => origin === ORIGIN || (/^https:\/\/[^/\\@#?, ]+$/.test(
  origin
) && URL.canParse(origin) && new URL(origin).hostname.endsWith('.example.org'))

const policies: Record<string, MetabaseSsoOptions['origin']> = {
  'a list': [ORIGIN, /^https:\/\/[a-z0-9-]+\.example\.org$/],
  'a function': isOurs
}
for (const [name, allowed] of Object.entries(policies)) {
  t.test(`whatever origin a page has, ${name} gives CORS to the host's own alone`, async t => {
    const { app, logIn } = await startHost(t, { server: { logger: false }, options: { origin: allowed, logout: true } })
    const cookies = await logIn()
    const request = fc.record({
      origin,
      method: fc.constantFrom('GET', 'OPTIONS', 'POST'),
      url: fc.constantFrom('/sso/metabase?response=json', '/sso/metabase', '/sso/metabase/logout'),
      others: fc.constantFrom(
        {},
        NAVIGATION,
        { 'access-control-request-method': 'GET' },
        { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }
      )
    })
    await fuzz(t, request, 500, async ({ origin, method, url, others }) => {
      const { statusCode, headers, body } = await app.inject({ method, url, cookies, headers: { ...others, origin } })
      if (statusCode >= 500) throw new Error(`${statusCode}: ${body}`)
      const allowed = headers['access-control-allow-origin']
      if (allowed !== undefined && (allowed !== origin || !isOurs(origin))) {
        throw new Error(
        `${String(allowed)} may read the answer to ${origin}`
        )
      }
      if (allowed === undefined && origin === ORIGIN && statusCode !== 404) {
        throw new Error(
          'the front end may not read its answer'
        )
      }
    })
  })
}
