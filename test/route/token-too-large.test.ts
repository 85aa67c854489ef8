import t from 'tap'
import { outcome } from '../helpers/exchange.js'
import { NAVIGATION, startHost } from '../helpers/host.js'

const TOO_LARGE = ['METABASE_SSO_TOKEN_TOO_LARGE', 500]
const code = 'METABASE_SSO_TOKEN_TOO_LARGE'
const user = (groups: number) => ({
  email: 'ann@example.com',
  groups: Array.from({ length: groups }, (_, index) => `Sales team of region ${index} in the north of the country`)
})

t.test('a redirect of over 8,000 characters is an error before it is sent', async t => {
  const { app, logs, logIn } = await startHost(t)
  const response = await app.inject({ url: '/sso/metabase', cookies: await logIn(user(120)), headers: NAVIGATION })

  t.strictSame(outcome(response), TOO_LARGE)
  t.equal(response.headers.location, undefined)
  t.match(logs.find(({ err }) => err), { msg: /larger than a redirect may be/, err: { hint: /fewer groups/ } })
  t.notOk(logs.some(({ msg }) => msg.startsWith('sent the browser')), 'the log does not say that it was sent')
  await t.rejects(app.metabaseSso.ssoUrl(user(120)), { code })
})

t.test('what is too large for a redirect fits {jwt} and the exchange', async t => {
  const { app, logIn } = await startHost(t)
  const cookies = await logIn(user(120))
  const { jwt } = (await app.inject({ url: '/sso/metabase?response=json', cookies })).json()
  t.ok(jwt.length > 8000)
  t.strictSame(outcome(await app.inject({ url: '/sso/metabase', cookies })), ['ok', 200])
})

t.test('a redirect of just under 8,000 characters is sent', async t => {
  const { app } = await startHost(t)
  await app.ready()
  let longest = 0
  let shortestRefused = Infinity
  for (let groups = 60; groups < 120; groups++) {
    const { length } = await app.metabaseSso.sign(user(groups))
    await app.metabaseSso.ssoUrl(user(groups))
      .then(({ href }) => { longest = href.length }, () => { shortestRefused = Math.min(shortestRefused, length) })
  }
  t.ok(longest > 7800 && longest <= 8000, `${longest}`)
  t.ok(shortestRefused > 7800 && shortestRefused < 8100, `${shortestRefused}`)
})

t.test('a JWT of over 64 KiB is refused everywhere', async t => {
  const { app, metabase, logIn } = await startHost(t)
  const cookies = await logIn(user(1000))
  const requests = [['', {}], ['?response=json', {}], ['', NAVIGATION]] as const
  for (const [query, headers] of requests) {
    t.strictSame(outcome(await app.inject({ url: `/sso/metabase${query}`, cookies, headers })), TOO_LARGE, query)
  }
  const { sign, exchange, ssoUrl } = app.metabaseSso
  await t.rejects(sign(user(1000)), { code, message: /64 KiB/ })
  await t.rejects(exchange(user(1000)), { code })
  await t.rejects(ssoUrl(user(1000)), { code })
  t.strictSame(metabase.requests, [])
})
