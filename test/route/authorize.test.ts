import t from 'tap'
import { failureOf } from '../helpers/exchange.js'
import { ANN, NAVIGATION, startHost } from '../helpers/host.js'

const forbidden = () => { throw Object.assign(new Error('not on this plan'), { statusCode: 403 }) }
const broken = () => { throw new Error('db is down') }

/** What authorize does, and the answer. */
const refusals: Record<string, [authorize: () => unknown, status: number, code: string]> = {
  'returns false': [() => false, 403, 'METABASE_SSO_NOT_AUTHORIZED'],
  'returns null': [() => null, 403, 'METABASE_SSO_NOT_AUTHORIZED'],
  'returns nothing': [() => {}, 403, 'METABASE_SSO_NOT_AUTHORIZED'],
  'resolves to false': [async () => false, 403, 'METABASE_SSO_NOT_AUTHORIZED'],
  'throws an error of status 403': [forbidden, 403, 'METABASE_SSO_NOT_AUTHORIZED'],
  'throws another error': [broken, 500, 'METABASE_SSO_AUTHORIZE_FAILED'],
  'returns neither yes nor no': [() => 'yes', 500, 'METABASE_SSO_AUTHORIZE_FAILED']
}

const requests = [
  { url: '/sso/metabase' },
  { url: '/sso/metabase?response=json' },
  { url: '/sso/metabase', headers: NAVIGATION }
]

for (const [name, [authorize, status, code]] of Object.entries(refusals)) {
  t.test(`the route gives every client ${status} when authorize ${name}`, async t => {
    const { app, metabase, logs, logIn } = await startHost(t, { options: { authorize: authorize as () => boolean } })
    const cookies = await logIn()
    for (const request of requests) {
      const response = await app.inject({ ...request, cookies })
      t.equal(response.statusCode, status)
      t.equal(failureOf(response).code, code)
      t.notMatch(response.body, /plan|db is down/)
    }
    for (const method of ['sign', 'exchange', 'ssoUrl'] as const) {
      await t.rejects(async () => {
        await app.metabaseSso[method](ANN)
      }, { code }, method)
    }
    t.strictSame([metabase.requests, metabase.users.size], [[], 0])
    t.equal(logs.find(({ err }) => err !== undefined)?.level, status === 403 ? 30 : 50)
  })
}

t.test('whom authorize lets through signs in; it is told who asks, before the mapper is', async t => {
  const calls: unknown[] = []
  const { app, logIn } = await startHost(t, {
    options: {
      authorize: async (user, request) => {
        calls.push(['authorize', user.email, request?.url])
        return user.email === ANN.email
      },
      mapUserToClaims: ({ email }) => { calls.push(['mapUserToClaims']); return { email } }
    }
  })
  t.equal((await app.inject({ url: '/sso/metabase', cookies: await logIn() })).statusCode, 200)
  t.equal(
    (await app.inject({ url: '/sso/metabase', cookies: await logIn({ email: 'bob@example.com' }) })).statusCode, 403
  )
  t.strictSame(
    calls,
    [['authorize', ANN.email, '/sso/metabase'], ['mapUserToClaims'], ['authorize', 'bob@example.com', '/sso/metabase']]
  )
})

t.test('a visitor is nobody to ask about: 401', async t => {
  const { app } = await startHost(t, { options: { authorize: () => { throw new Error('asked about a visitor') } } })
  t.equal((await app.inject('/sso/metabase')).statusCode, 401)
})
