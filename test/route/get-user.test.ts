import t from 'tap'
import { whoIs } from '../helpers/browser.js'
import { ANN, startHost } from '../helpers/host.js'

const BOB = { email: 'bob@example.com' }

for (const [name, getUser] of [
  ['a function', () => BOB],
  ['an async function', async () => BOB]
] as const) {
  t.test(`${name} as getUser says who is signed in, whatever the session says`, async t => {
    const { app, metabase, logIn } = await startHost(t, { options: { getUser } })
    const response = await app.inject({ url: '/sso/metabase', cookies: await logIn(ANN) })
    t.equal(await whoIs(metabase, response.json().id), BOB.email)
  })
}

for (const [name, getUser] of [
  ['null', () => null],
  ['undefined', () => undefined],
  ['a promise of null', async () => null],
  ['a promise of undefined', async () => undefined]
] as const) {
  t.test(`a getUser that returns ${name} means nobody, also when there is a session`, async t => {
    const { app, logIn } = await startHost(t, { options: { getUser } })
    const response = await app.inject({ url: '/sso/metabase', cookies: await logIn(ANN) })
    t.equal(response.statusCode, 401)
    t.equal(response.json().code, 'METABASE_SSO_NOT_AUTHENTICATED')
  })
}

t.test('getUser and the mapper see the request', async t => {
  const { app, metabase } = await startHost(t, {
    options: {
      getUser: request => ({ email: String(request.headers['x-user']) }),
      mapUserToClaims: (user, request) => ({ email: user.email, team: String(request?.headers['x-team']) })
    }
  })
  await app.inject({ url: '/sso/metabase', headers: { 'x-user': 'cleo@example.com', 'x-team': 'north' } })
  t.equal(metabase.users.get('cleo@example.com')?.attributes.team, 'north')
})
