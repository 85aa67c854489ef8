import { hash } from 'node:crypto'
import t from 'tap'
import { ANN, NAVIGATION, startHost, type Host } from '../helpers/host.js'
import { stopClock } from '../helpers/standing-clock.js'

const signIns = ({ logs }: Host) => logs.filter(log => 'metabaseUser' in log)

for (const [answer, url, headers, message] of [
  ['jwt', '/sso/metabase?response=json', {}, 'issued a JWT for Metabase'],
  ['redirect', '/sso/metabase', NAVIGATION, 'issued a JWT for Metabase and redirected the browser with it'],
  ['session', '/sso/metabase', {}, 'signed in to Metabase']
] as const) {
  t.test(`the route logs one line, which says no more than it knows: ${answer}`, async t => {
    const host = await startHost(t)
    const cookies = await host.logIn()
    const before = host.logs.length
    await host.app.inject({ url, cookies, headers })

    // Fastify's own two lines stand around it.
    t.match(host.logs.slice(before).map(({ msg }) => msg), ['incoming request', message, 'request completed'])
    const [line] = signIns(host)
    t.match(line, { level: 30, reqId: String, metabaseUser: /^[0-9a-f]{12}$/, answer, durationMs: Number })
    t.ok(Number.isInteger(line?.durationMs) && Number(line?.durationMs) >= 0)
    t.equal(typeof line?.exchangeMethod, answer === 'session' ? 'string' : 'undefined', 'only an exchange has one')
  })
}

t.test('the line says how long the sign-in took, the functions of the app included', async t => {
  const clock = stopClock(t, performance)
  const host = await startHost(t, { options: { getUser: () => { clock.pass(25); return ANN } } })
  await host.app.inject('/sso/metabase?response=json')
  t.match(signIns(host), [{ durationMs: 25 }])
})

const methods = [['v50', 'token'], ['v55', 'hash'], ['v56', 'to_session'], ['v61', 'to_session']] as const
for (const [version, name] of methods) {
  t.test(`the line of an exchange with ${version} names the method: ${name}`, async t => {
    const host = await startHost(t, { metabase: { version } })
    const cookies = await host.logIn()
    await host.app.inject({ url: '/sso/metabase', cookies })
    await host.app.inject({ url: '/sso/metabase', cookies })
    t.same(signIns(host).map(line => line.exchangeMethod), [name, name], 'when found out, and when remembered')
  })
}

t.test('the user goes by a pseudonym: one for each address, and no address anywhere', async t => {
  const host = await startHost(t)
  for (const email of ['ann@example.com', 'Ann@Example.com', 'bob@example.com']) {
    const cookies = await host.logIn({ email, firstName: 'Annabel' })
    await host.app.inject({ url: '/sso/metabase?response=json', cookies })
  }
  const [ann, annToo, bob] = signIns(host).map(line => line.metabaseUser)
  t.equal(ann, hash('sha256', 'ann@example.com').slice(0, 12), 'which `sha256sum` computes, too')
  t.equal(ann, annToo)
  t.not(ann, bob)
  t.notMatch(JSON.stringify(host.logs), /@example\.com|Annabel/i)
})
