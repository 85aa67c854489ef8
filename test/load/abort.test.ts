import t from 'tap'
import { Agent } from 'undici'
import { createConcurrencyLimit } from '../../lib/metabase/concurrency-limit.js'
import { createTransport } from '../../lib/metabase/transport.js'
import { ownMetabase, silent } from '../helpers/own-metabase.js'
import { until } from '../helpers/until.js'

const DISCOVERY = { method: 'GET', path: '/auth/sso' } as const

/** A Metabase that answers nothing, and a transport with one connection to it. */
async function silentMetabase (t: Parameters<typeof ownMetabase>[0]) {
  const own = await ownMetabase(t, { discovery: silent })
  const agent = new Agent({ connections: 1 })
  t.teardown(async () => await agent.destroy())
  return { own, transport: createTransport(own.url, () => agent) }
}

t.test('the transport does not send a request that was aborted before', async t => {
  const { own, transport } = await silentMetabase(t)
  const reason = new Error('too late')
  await t.rejects(transport(DISCOVERY, AbortSignal.abort(reason)), reason)
  t.strictSame([own.steps, own.connections], [[], 0])
})

t.test('the transport closes the connection of a request that is aborted', async t => {
  const { own, transport } = await silentMetabase(t)
  const controller = new AbortController()
  const request = transport(DISCOVERY, controller.signal)
  await until(() => own.steps.length === 1)
  t.equal(own.open.size, 1)
  const reason = new Error('the time is over')
  controller.abort(reason)
  await t.rejects(request, reason)
  await until(() => own.open.size === 0)
  t.strictSame(own.steps, ['discovery'], 'nor is it sent again')
})

t.test('the transport never sends a request that is aborted as it waits for a connection', async t => {
  const { own, transport } = await silentMetabase(t)
  const [first, second] = [new AbortController(), new AbortController()]
  const ends = Promise.allSettled([transport(DISCOVERY, first.signal)])
  await until(() => own.steps.length === 1)
  const waiting = transport(DISCOVERY, second.signal)
  second.abort(new Error('left'))
  await t.rejects(waiting, { message: 'left' }, 'at once')
  first.abort()
  await ends
  await until(() => own.open.size === 0)
  t.strictSame(own.steps, ['discovery'])
})

t.test('the queue drops a call that is aborted; one that runs keeps its place', async t => {
  const limit = createConcurrencyLimit(1, 2)
  const ends: Array<() => void> = []
  const begun: string[] = []
  const work = (name: string) => async () => await new Promise<string>(resolve => {
    begun.push(name)
    ends.push(() => resolve(name))
  })
  const { signal } = new AbortController()
  const [two, three] = [new AbortController(), new AbortController()]
  const first = limit(signal, work('one'))
  const second = limit(two.signal, work('two'))
  const third = limit(three.signal, work('three'))
  await t.rejects(
    limit(signal, work('four')), { code: 'METABASE_SSO_OVERLOADED', message: /queue is full \(2 calls\)/ }
  )
  three.abort(new Error('three left'))
  await t.rejects(third, { message: 'three left' })
  ends[0]?.()
  t.equal(await first, 'one')
  await until(() => begun.length === 2)
  two.abort()
  const fourth = limit(signal, work('four'))
  t.strictSame(begun, ['one', 'two'], 'one at a time')
  const fifth = limit(signal, work('five'))
  await t.rejects(limit(signal, work('six')), { code: 'METABASE_SSO_OVERLOADED' }, 'the queue is no longer than before')
  ends[1]?.()
  t.equal(await second, 'two')
  await until(() => begun.length === 3)
  ends[2]?.()
  t.equal(await fourth, 'four')
  await until(() => begun.length === 4)
  ends[3]?.()
  t.equal(await fifth, 'five')
  t.strictSame(begun, ['one', 'two', 'four', 'five'])
})

t.test('the concurrency limit takes back the place of work that throws at once', async t => {
  const limit = createConcurrencyLimit(1, 0)
  const { signal } = new AbortController()
  await t.rejects(limit(signal, () => { throw new Error('at once') }), { message: 'at once' })
  t.equal(await limit(signal, async () => 'next'), 'next')
})
