import t from 'tap'
import { NAVIGATION, startHost } from '../helpers/host.js'

const withStatus = (statusCode: number) => Object.assign(new Error('db is down'), { statusCode })

for (const [name, getUser] of [
  ['throws', () => { throw new Error('db is down') }],
  ['rejects', async () => { throw new Error('db is down') }],
  ['throws an error of status 503', () => { throw withStatus(503) }],
  ['throws something that is no error', () => { throw 'db is down' }] // eslint-disable-line no-throw-literal
] as const) {
  t.test(`a getUser that ${name} is a fault of the app; what it says stays in the log`, async t => {
    const { app, metabase, logs, logIn } = await startHost(t, { options: { getUser } })
    const response = await app.inject({ url: '/sso/metabase', cookies: await logIn() })

    t.equal(response.statusCode, 500)
    t.strictSame(response.json(), {
      status: 'error',
      message: 'authentication failed',
      error: 'The app could not prepare the sign-in to Metabase.',
      code: 'METABASE_SSO_GET_USER_FAILED'
    })
    t.equal(metabase.requests.length, 0)
    t.match(JSON.stringify(logs), 'db is down')
  })
}

for (const [name, getUser] of [
  ['throws', () => { throw withStatus(401) }],
  ['rejects with', async () => { throw withStatus(401) }]
] as const) {
  t.test(`a getUser that ${name} an error of status 401 means nobody`, async t => {
    const { app } = await startHost(t, { options: { getUser, loginUrl: '/login' } })
    const response = await app.inject('/sso/metabase')
    t.equal(response.statusCode, 401)
    t.match(response.json(), { message: 'not authenticated', code: 'METABASE_SSO_NOT_AUTHENTICATED' })
    t.notMatch(response.body, 'db is down')
  })
}

t.test('such a visitor goes to the login page like any other', async t => {
  const { app } = await startHost(t, { options: { getUser: () => { throw withStatus(401) }, loginUrl: '/login' } })
  const response = await app.inject({ url: '/sso/metabase', headers: NAVIGATION })
  t.equal(response.statusCode, 302)
  t.match(response.headers.location, /^\/login\?return_to=/)
})

t.test('a getUser that throws an object which is no text is a fault of the app, too', async t => {
  const { app, logs } = await startHost(t, { options: { getUser: () => { throw Object.create(null) } } })
  const response = await app.inject('/sso/metabase')
  t.match([response.statusCode, response.json()], [500, { code: 'METABASE_SSO_GET_USER_FAILED' }])
  const err = { code: 'METABASE_SSO_GET_USER_FAILED', message: /no error/ }
  t.match(logs.find(({ err }) => err !== undefined), { level: 50, err })
})

t.test('a getUser that fails sends no navigation to the login page', async t => {
  const { app } = await startHost(t, { options: { getUser: () => { throw withStatus(503) }, loginUrl: '/login' } })
  const { statusCode, headers } = await app.inject({ url: '/sso/metabase', headers: NAVIGATION })
  t.strictSame([statusCode, headers.location], [500, undefined])
})
