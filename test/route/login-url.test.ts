import t from 'tap'
import { ANN, NAVIGATION, startHost } from '../helpers/host.js'

const HERE = '/sso/metabase?return_to=%2Fdashboard%2F1%3Ftab%3D2'
const host = 'host.example.com'
const ABSOLUTE = `http://${host}${HERE}`

for (const [name, loginUrl, expected] of [
  ['a path', '/login', `/login?return_to=${encodeURIComponent(HERE)}`],
  ['a path with a query', '/login?theme=night', `/login?theme=night&return_to=${encodeURIComponent(HERE)}`],
  ['a path with a fragment', '/#/login', `/?return_to=${encodeURIComponent(HERE)}#/login`],
  ['a path with a return_to of its own', '/login?return_to=/home', '/login?return_to=/home'],
  ['a URL', 'https://login.example.com/in', `https://login.example.com/in?return_to=${encodeURIComponent(ABSOLUTE)}`],
  [
    'a URL with a query',
    'https://login.example.com/?a=b',
    `https://login.example.com/?a=b&return_to=${encodeURIComponent(ABSOLUTE)}`
  ],
  [
    'a URL with a return_to of its own',
    'https://login.example.com/?return_to=https://a.example',
    'https://login.example.com/?return_to=https://a.example'
  ],
  [
    'a function',
    (request: { headers: { host?: string } }) => `/login?at=${request.headers.host}`,
    `/login?at=${host}&return_to=${encodeURIComponent(HERE)}`
  ]
] as const) {
  t.test(`a visitor's navigation goes to the login page and has its way back: ${name}`, async t => {
    const { app } = await startHost(t, { options: { loginUrl } })
    const response = await app.inject({ url: HERE, headers: { ...NAVIGATION, host } })

    t.equal(response.statusCode, 302)
    t.equal(response.headers.location, expected)
    t.equal(response.headers['cache-control'], 'no-store')
    t.equal(response.headers['referrer-policy'], 'no-referrer')
  })
}

t.test('the way back works: logged in, the browser is sent on to Metabase', async t => {
  const { app, metabase, logIn } = await startHost(t, { options: { loginUrl: '/login', prefix: '/v1' } })
  const toLogin = await app.inject({ url: '/v1/sso/metabase?return_to=%2Fdashboard%2F1', headers: NAVIGATION })
  const back = new URL(String(toLogin.headers.location), 'http://host.example').searchParams.get('return_to')

  const response = await app.inject({ url: String(back), cookies: await logIn(ANN), headers: NAVIGATION })
  t.equal(response.statusCode, 302)
  const location = new URL(String(response.headers.location))
  t.equal(location.origin, metabase.url)
  t.equal(location.searchParams.get('return_to'), '/dashboard/1')
})

t.test('the route sends navigations there alone: a fetch() needs to see the 401', async t => {
  const { app } = await startHost(t, { options: { loginUrl: '/login' } })
  t.equal((await app.inject('/sso/metabase')).statusCode, 401)
  t.equal((await app.inject({ url: '/sso/metabase?response=json', headers: NAVIGATION })).statusCode, 401)
  const fetched = { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: 'text/html' }
  t.equal((await app.inject({ url: '/sso/metabase', headers: fetched })).statusCode, 401)
})

t.test('a signed-in user never sees the login page', async t => {
  const { app, metabase, logIn } = await startHost(t, { options: { loginUrl: '/login' } })
  const response = await app.inject({ url: '/sso/metabase', cookies: await logIn(), headers: NAVIGATION })
  t.ok(response.headers.location?.startsWith(metabase.url))
})
