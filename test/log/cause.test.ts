import t from 'tap'
import { failureOf } from '../helpers/exchange.js'
import { NAVIGATION, startHost } from '../helpers/host.js'

const down = () => { throw new Error('db is down') }

for (const [option, code, status] of [
  ['getUser', 'METABASE_SSO_GET_USER_FAILED', 500],
  ['mapUserToClaims', 'METABASE_SSO_MAPPER_FAILED', 500],
  ['loginUrl', 'METABASE_SSO_PAGE_URL_FAILED', 500],
  ['secret', 'METABASE_SSO_SECRET_FAILED', 500]
] as const) {
  t.test(`the log, not the response, has what the host's own ${option} threw`, async t => {
    const { app, logs, logIn } = await startHost(t, { options: { [option]: down } })
    const cookies = option === 'loginUrl' ? {} : await logIn()
    const response = await app.inject(
      { url: '/sso/metabase', cookies, headers: option === 'loginUrl' ? NAVIGATION : {} }
    )

    t.equal(response.statusCode, status)
    t.equal(failureOf(response).code, code)
    t.notMatch(response.body, /db is down|test\.ts/)
    const lines = logs.filter(({ level }) => Number(level) >= 40)
    t.match(lines, [{ err: { code, stack: /db is down[^]*cause\.test/ } }])
  })
}

t.test('a cause of its own kind is there, too: the reason why nobody is signed in', async t => {
  const { app, logs } = await startHost(t, {
    options: { getUser: () => { throw Object.assign(new Error('token revoked'), { statusCode: 401 }) } }
  })
  const response = await app.inject('/sso/metabase')
  t.equal(response.statusCode, 401)
  t.notMatch(response.body, 'revoked')
  t.match(
    logs.filter(({ err }) => err !== undefined),
    [{ level: 30, err: { code: 'METABASE_SSO_NOT_AUTHENTICATED', stack: /token revoked/ } }]
  )
})

t.test('so is what a function for permissions threw, be it a refusal or a fault', async t => {
  for (const [statusCode, code] of [
    [403, 'METABASE_SSO_NOT_AUTHORIZED'], [500, 'METABASE_SSO_AUTHORIZE_FAILED']
  ] as const) {
    const authorize = () => { throw Object.assign(new Error('the plan has ended'), { statusCode }) }
    const { app, logs, logIn } = await startHost(t, { options: { authorize } })
    const response = await app.inject({ url: '/sso/metabase', cookies: await logIn() })
    t.equal(failureOf(response).code, code)
    t.notMatch(response.body, 'plan')
    t.match(logs.filter(({ err }) => err !== undefined), [{ err: { code, stack: /the plan has ended/ } }])
  }
})

t.test('what broke on the way to Metabase is there, too', async t => {
  const { app, metabase, logs, logIn } = await startHost(t)
  const cookies = await logIn()
  metabase.fail('reset-mid-body')
  const response = await app.inject({ url: '/sso/metabase', cookies })
  t.equal(response.statusCode, 502)
  t.match(logs.filter(({ err }) => err !== undefined), [{ err: { stack: /caused by: \w*Error/i } }])
})
