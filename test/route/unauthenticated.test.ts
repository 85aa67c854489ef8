import t from 'tap'
import { NAVIGATION, startHost } from '../helpers/host.js'

// `status` and `message` are the reference document's, to the letter; `error` and `code` are ours.
const NOT_AUTHENTICATED = {
  status: 'error',
  message: 'not authenticated',
  error: 'You are not signed in to the app.',
  code: 'METABASE_SSO_NOT_AUTHENTICATED'
}

for (const [client, url, headers] of [
  ['the SDK of the reference document', '/sso/metabase', {}],
  ['an SDK that wants the JWT', '/sso/metabase?response=json', {}],
  ['a navigation to the JWT', '/sso/metabase?response=json', NAVIGATION]
] as const) {
  t.test(`a visitor is told "not authenticated", through ${client}`, async t => {
    const { app, metabase } = await startHost(t)
    const response = await app.inject({ url, headers })

    t.equal(response.statusCode, 401)
    t.match(response.headers['content-type'], /^application\/json/)
    t.strictSame(response.json(), NOT_AUTHENTICATED)
    t.equal(metabase.requests.length, 0, 'Metabase is not bothered')
  })
}

t.test('a session that has lost its user is a visitor', async t => {
  const { app, logIn } = await startHost(t)
  app.post('/logout', async (request, reply) => {
    request.session.user = undefined
    return await reply.code(204).send()
  })
  const cookies = await logIn()
  t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 200)
  await app.inject({ method: 'POST', url: '/logout', cookies })
  const response = await app.inject({ url: '/sso/metabase', cookies })
  t.equal(response.statusCode, 401)
  t.strictSame(response.json(), NOT_AUTHENTICATED)
})

t.test('a cookie that the app did not set is a visitor', async t => {
  const { app } = await startHost(t)
  const response = await app.inject({ url: '/sso/metabase', cookies: { sessionId: 'made.up' } })
  t.equal(response.statusCode, 401)
})
