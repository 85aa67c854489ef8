import t from 'tap'
import { asAnn, asked, atComputers, GENERATIONS, outcome, POST } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'

t.test('a downgrade that is taken back (D, C, D) fails nobody and costs no second login', async t => {
  const host = await startHost(t, { metabase: { generation: 'D' } })
  const { metabase } = host
  const signIn = await asAnn(host)

  let logins = 0
  for (const generation of ['D', 'C', 'D', 'C', 'D'] as const) {
    metabase.generation = generation
    for (let i = 0; i < 2; i++) {
      t.strictSame(outcome(await signIn()), ['ok', 200])
      t.equal(metabase.logins, ++logins)
    }
  }
  t.notMatch(metabase.requests.map(({ url }) => url).join('\n'), 'eyJ')
})

t.test('two nodes of different generations behind one address: every sign-in succeeds', async t => {
  const host = await startHost(t, { metabase: { generation: 'D' } })
  const signIn = await asAnn(host)

  for (const generation of ['D', 'A', 'D', 'B', 'A', 'C', 'B', 'D'] as const) {
    host.metabase.generation = generation
    t.strictSame(outcome(await signIn()), ['ok', 200], generation)
  }
  const before = host.metabase.requests.length
  await signIn()
  t.strictSame(asked(host.metabase, before), [POST], 'and the last one is remembered')
})

for (const to of GENERATIONS.filter(generation => generation !== 'B')) {
  t.test(`Metabase goes D→${to} while twenty people sign in at once: all are in, with a login each`, async t => {
    const host = await startHost(t, { metabase: { generation: 'D' } })
    const signIn = await asAnn(host)
    await signIn()
    host.metabase.generation = to

    const responses = await atComputers(host, 20)
    for (const response of responses) t.strictSame(outcome(response), ['ok', 200])
    t.equal(host.metabase.logins, 21)
  })
}
