import t from 'tap'
import { NAVIGATION, startHost } from '../helpers/host.js'

const PATH = '/sso/metabase'
const failing = { mapUserToClaims: () => { throw new Error('no row of ann') } }

for (const [name, errorUrl, expected] of [
  ['a path', '/oops', '/oops?code=METABASE_SSO_MAPPER_FAILED'],
  ['a path with a code of its own', '/oops?code=1&a=b#c', '/oops?code=METABASE_SSO_MAPPER_FAILED&a=b#c'],
  ['a URL', 'https://app.example.com/oops', 'https://app.example.com/oops?code=METABASE_SSO_MAPPER_FAILED'],
  ['a function', (error: { statusCode: number }, request: { id: string }) =>
    `/oops/${error.statusCode}?id=${request.id}`,
  '/oops/500?id=req-2&code=METABASE_SSO_MAPPER_FAILED']
] as const) {
  t.test(`a navigation that fails goes to errorUrl with the code: ${name}`, async t => {
    const { app, logIn, logs } = await startHost(t, { options: { ...failing, errorUrl } })
    const response = await app.inject({ url: PATH, cookies: await logIn(), headers: NAVIGATION })

    t.equal(response.statusCode, 302)
    t.equal(response.headers.location, expected)
    t.match(response.headers, { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    t.match(JSON.stringify(logs), 'no row of ann')
  })
}

t.test('a request of a program gets JSON', async t => {
  const { app, logIn } = await startHost(t, { options: { ...failing, errorUrl: '/oops' } })
  const response = await app.inject({ url: PATH, cookies: await logIn() })
  t.equal(response.statusCode, 500)
  t.equal(response.json().code, 'METABASE_SSO_MAPPER_FAILED')
})

t.test('a visitor goes to loginUrl where there is one, else to errorUrl', async t => {
  const both = await startHost(t, { options: { loginUrl: '/login', errorUrl: '/oops' } })
  t.match((await both.app.inject({ url: PATH, headers: NAVIGATION })).headers.location, /^\/login\?/)
  const one = await startHost(t, { options: { errorUrl: '/oops' } })
  const { location } = (await one.app.inject({ url: PATH, headers: NAVIGATION })).headers
  t.equal(location, '/oops?code=METABASE_SSO_NOT_AUTHENTICATED')
})

for (const [name, errorUrl] of [
  ['throws', () => { throw new Error('no such tenant') }],
  ['rejects', async () => { throw new Error('no such tenant') }],
  ['leads to another host', () => '//evil.example'],
  ['returns nothing', () => undefined]
] as const) {
  t.test(`an errorUrl function that ${name} gives way to the page`, async t => {
    const { app, logIn, logs } = await startHost(t, { options: { ...failing, errorUrl: errorUrl as () => string } })
    const response = await app.inject({ url: PATH, cookies: await logIn(), headers: NAVIGATION })

    t.equal(response.statusCode, 500)
    t.match(response.body, '<code>METABASE_SSO_MAPPER_FAILED</code>')
    t.notOk(response.headers.location)
    const warning = logs.find(({ msg }) => msg === 'the error page of the app could not be shown')
    t.match(warning, { level: 50, err: { code: 'METABASE_SSO_PAGE_URL_FAILED', message: /`errorUrl`/ } })
  })
}
