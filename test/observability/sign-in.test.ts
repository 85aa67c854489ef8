import t from 'tap'
import { ANN, NAVIGATION, startHost } from '../helpers/host.js'
import { listen, namesOf, type Published } from '../helpers/tracing.js'

const SUCCESS = ['start', 'end', 'asyncStart', 'asyncEnd']
const FAILURE = ['start', 'end', 'error', 'asyncStart', 'asyncEnd']

for (const [answer, url, headers, status, exchangeMethod] of [
  ['jwt', '/sso/metabase?response=json', {}, 200, undefined],
  ['redirect', '/sso/metabase', NAVIGATION, 302, undefined],
  ['session', '/sso/metabase', {}, 200, 'to_session']
] as const) {
  t.test(`the route publishes the start and the end of a sign-in: ${answer}`, async t => {
    const { app, metabase, logs, logIn } = await startHost(t)
    const cookies = await logIn()
    const published = listen(t)
    t.equal((await app.inject({ url, cookies, headers })).statusCode, status)

    const signIns = published.filter(({ channel }) => channel === 'sign-in')
    t.same(signIns.map(({ name }) => name), SUCCESS)
    t.equal(new Set(signIns.map(({ event }) => event)).size, 1, 'one object for all')
    const requestId = logs.findLast(({ msg }) => msg === 'incoming request')?.reqId
    t.strictSame(signIns[0]?.snapshot, { instanceUrl: metabase.url, requestId, answer })
    t.match(signIns.at(-1)?.event, { answer, exchangeMethod, reused: undefined, error: undefined })
    t.equal(namesOf(published, 'exchange').length, answer === 'session' ? SUCCESS.length : 0)
  })
}

t.test('the route publishes the error of a sign-in that failed', async t => {
  const { app, metabase, logIn } = await startHost(t)
  metabase.fail('account-needed')
  const cookies = await logIn()
  const published = listen(t)
  t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 403)
  for (const channel of ['sign-in', 'exchange'] as const) {
    t.same(namesOf(published, channel), FAILURE)
    const last = published.findLast(event => event.channel === channel)
    t.match(last?.event.error, { code: 'METABASE_SSO_ACCOUNT_REFUSED', statusCode: 403 })
  }
})

t.test('the route publishes a sign-in without a user as a failure, and one sent to the login page as none', async t => {
  const { app } = await startHost(t, { options: { loginUrl: '/login' } })
  const published = listen(t)
  await app.inject({ url: '/sso/metabase' })
  t.match(published.at(-1)?.event, { sentToLogin: undefined, error: { code: 'METABASE_SSO_NOT_AUTHENTICATED' } })
  await app.inject({ url: '/sso/metabase', headers: NAVIGATION })
  t.match(published.at(-1)?.event, { sentToLogin: true, error: undefined })
  t.same(namesOf(published, 'sign-in'), [...FAILURE, ...SUCCESS])
})

t.test('the route publishes that a session is one from before', async t => {
  const { app, logIn } = await startHost(t, { options: { cache: true } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  const published = listen(t)
  await app.inject({ url: '/sso/metabase', cookies })
  t.match(published.at(-1)?.event, { answer: 'session', exchangeMethod: undefined, reused: true })
  t.same(namesOf(published, 'exchange'), [], 'no exchange')
})

t.test('the route publishes nothing of a request that it refuses before it looks for a user', async t => {
  const { app, logIn } = await startHost(t)
  const cookies = await logIn()
  const published = listen(t)
  const response = await app.inject({ url: '/sso/metabase', cookies, headers: { 'sec-purpose': 'prefetch' } })
  t.equal(response.statusCode, 403)
  t.same(published, [])
})

t.test('a subscriber that comes during a sign-in is given no end without its start', async t => {
  let published: Published[] = []
  const { app } = await startHost(t, { options: { getUser: () => { published = listen(t); return ANN } } })
  t.equal((await app.inject({ url: '/sso/metabase' })).statusCode, 200)
  t.same(namesOf(published, 'sign-in'), [])
  t.same(namesOf(published, 'exchange'), SUCCESS, 'the exchange came later')
})
