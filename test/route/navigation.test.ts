import t from 'tap'
import { startHost } from '../helpers/host.js'

const navigations: Array<[name: string, headers: Record<string, string>]> = [
  ...['document', 'iframe', 'frame', 'embed', 'object'].map(destination =>
    [
      `Sec-Fetch-Dest: ${destination}`, { 'sec-fetch-dest': destination, 'sec-fetch-mode': 'navigate' }
    ] satisfies [string, object]),
  ...['document', 'iframe', 'frame', 'embed', 'object'].map(destination =>
    [`Sec-Fetch-Dest: ${destination} alone`, { 'sec-fetch-dest': destination }] satisfies [string, object]),
  ['Sec-Fetch-Mode: navigate alone', { 'sec-fetch-mode': 'navigate' }],
  ['a browser without fetch metadata', { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }],
  ['the same in capitals', { accept: 'TEXT/HTML' }]
]

const others: Array<[name: string, headers: Record<string, string>]> = [
  ['fetch() of a browser', { 'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'cors', accept: '*/*' }],
  ['fetch() that accepts HTML', { 'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'cors', accept: 'text/html' }],
  [
    'same-origin fetch() that accepts HTML',
    { 'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'same-origin', accept: 'text/html' }
  ],
  ['fetch() of an older browser', { accept: '*/*' }],
  ['a client that accepts JSON', { accept: 'application/json' }],
  ['a client that says nothing', {}]
]

t.test('navigations are redirected', async t => {
  const { app, logIn } = await startHost(t)
  const cookies = await logIn()
  for (const [name, headers] of navigations) {
    const { statusCode } = await app.inject({ url: '/sso/metabase', cookies, headers })
    t.equal(statusCode, 302, name)
  }
})

t.test('everything else gets a session', async t => {
  const { app, logIn } = await startHost(t)
  const cookies = await logIn()
  for (const [name, headers] of others) {
    const response = await app.inject({ url: '/sso/metabase', cookies, headers })
    t.equal(response.json().status, 'ok', name)
  }
})

t.test('?response=json wins over all of them', async t => {
  const { app, logIn } = await startHost(t)
  const cookies = await logIn()
  for (const [name, headers] of [...navigations, ...others]) {
    const response = await app.inject({ url: '/sso/metabase?response=json', cookies, headers })
    t.same(Object.keys(response.json()), ['jwt'], name)
  }
})

t.test('another value of response changes nothing', async t => {
  const { app, logIn } = await startHost(t)
  const response = await app.inject({ url: '/sso/metabase?response=html', cookies: await logIn() })
  t.equal(response.json().status, 'ok')
})
