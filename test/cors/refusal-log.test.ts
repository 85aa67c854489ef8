import t from 'tap'
import { preflight, STRANGER } from '../helpers/cors.js'
import { ORIGIN, startHost, type Host } from '../helpers/host.js'
import { stopClock } from '../helpers/standing-clock.js'

const TEXT = 'a page may not read the response: its origin is not in the option `origin`'

/** The lines that name the option. */
const linesOf = ({ logs }: Pick<Host, 'logs'>) => logs.filter(({ msg }) => msg === TEXT)

for (const [name, origin] of [
  ['a list', ORIGIN], ['a function', (origin: string) => origin === ORIGIN], ['false', false]
] as const) {
  t.test(`with ${name}, an origin that is not allowed is logged once a minute`, async t => {
    const clock = stopClock(t, performance)
    const host = await startHost(t, { options: { origin } })
    await preflight(host.app, STRANGER)
    await host.app.inject({ url: '/sso/metabase', headers: { origin: STRANGER } })
    clock.pass(59_999)
    await preflight(host.app, STRANGER)
    t.match(linesOf(host), [{ level: 30, origin: STRANGER, reqId: String }])
    t.equal(linesOf(host).length, 1)

    clock.pass(1)
    await preflight(host.app, STRANGER)
    t.equal(linesOf(host).length, 2)
    await preflight(host.app, 'null')
    t.match(linesOf(host)[2], { origin: 'null' })
  })
}

t.test('neither an allowed origin nor a page of the app itself is logged', async t => {
  const host = await startHost(t, { options: { logout: true } })
  const cookies = await host.logIn()
  await preflight(host.app, ORIGIN)
  await host.app.inject({ url: '/sso/metabase', cookies, headers: { origin: ORIGIN } })
  await host.app.inject({ url: '/sso/metabase', cookies })
  const post = { method: 'POST', url: '/sso/metabase/logout', cookies } as const
  await host.app.inject({ ...post, headers: { host: 'app.example.net', origin: 'https://app.example.net' } })
  await host.app.inject(
    { ...post, headers: { host: 'inside:3000', origin: 'https://app.example.net', 'sec-fetch-site': 'same-origin' } }
  )
  t.strictSame(linesOf(host), [])
})

t.test('an origin that a function allows is not logged', async t => {
  const host = await startHost(t, { options: { origin: async () => true } })
  await preflight(host.app, STRANGER)
  t.strictSame(linesOf(host), [])
})

t.test('at most 200 characters of an origin are logged', async t => {
  const host = await startHost(t)
  const long = `https://${'x'.repeat(500)}`
  await preflight(host.app, `${long}1`)
  await preflight(host.app, `${long}2`)
  t.match(linesOf(host), [{ origin: long.slice(0, 200) }])
  t.equal(linesOf(host).length, 1)
  t.notOk(linesOf(host).some(line => JSON.stringify(line).includes('x'.repeat(200))))
})

t.test('of 20 origins in a minute each is logged, of more their number', async t => {
  const clock = stopClock(t, performance)
  const host = await startHost(t)
  const ask = async (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      await host.app.inject(
        { url: '/sso/metabase', headers: { origin: `https://${i}.example` } }
      )
    }
  }
  await ask(0, 120)
  await ask(0, 10)
  t.strictSame(linesOf(host).map(({ origin }) => origin), Array.from({ length: 20 }, (_, i) => `https://${i}.example`))

  clock.pass(60_000)
  await ask(200, 202)
  t.match(
    host.logs.filter(({ requests }) => requests !== undefined),
    [{ level: 30, requests: 100, msg: 'further origins were refused in a minute before' }]
  )
  t.equal(linesOf(host).length, 22)

  clock.pass(60_000)
  await ask(300, 301)
  t.equal(
    host.logs.filter(({ requests }) => requests !== undefined).length, 1, 'a minute without more has no such line'
  )
})

t.test('the log says of a refused request which origin it has, or that its mode is wrong', async t => {
  const { app, logs } = await startHost(t)
  const table: Array<[headers: Record<string, string>, problem: string]> = [
    [{ origin: STRANGER }, `has the origin ${STRANGER}`],
    [{ origin: `https://${'a'.repeat(300)}.example` }, `has the origin https://${'a'.repeat(192)}`],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }, 'has another origin'],
    [{ 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'no-cors' }, 'has a mode such as no-cors, as images and WebSockets have']
  ]
  for (const [headers, problem] of table) {
    const { statusCode, body } = await app.inject({ url: '/sso/metabase?response=json', headers })
    t.equal(statusCode, 403)
    t.notOk(body.includes('stranger'), 'the page is not told')
    const { code, message } = Object(logs.findLast(({ err }) => err !== undefined)?.err)
    t.strictSame([code, message], ['METABASE_SSO_CROSS_SITE', `the request comes from no page that may ask: it ${problem}`])
  }
})
