import t from 'tap'
import { Agent } from 'undici'
import { Cancellation } from '../../lib/metabase/deadline.js'
import { createSend } from '../../lib/metabase/transport.js'
import { createLimit } from '../../lib/metabase/concurrency-limit.js'
import { ownMetabase } from '../helpers/own-metabase.js'
import { until } from '../helpers/until.js'

t.test('who wants to know of a cancellation is told once, and at once when it is too late', async t => {
  const cancellation = new Cancellation()
  const told: string[] = []
  cancellation.onCancel(() => told.push('one'))
  cancellation.onCancel(() => told.push('two'))
  t.strictSame([cancellation.cancelled, told], [false, []])
  cancellation.cancel()
  cancellation.cancel()
  t.strictSame([cancellation.cancelled, told], [true, ['one', 'two']])
  cancellation.onCancel(() => told.push('three'))
  t.strictSame(told, ['one', 'two', 'three'])
})

t.test('what is cancelled before it begins is not sent', async t => {
  const { url, steps } = await ownMetabase(t, {})
  const cancellation = new Cancellation()
  cancellation.cancel()
  const agent = new Agent()
  t.teardown(() => agent.close())
  await t.rejects(createSend(url, agent, 1000)({ method: 'GET', path: '/auth/sso' }, cancellation))
  t.strictSame(steps, [])
})

t.test('who is cancelled in line leaves it; who has a place by then keeps it until the work is done', async t => {
  const limit = createLimit(1, 2)
  const ends: Array<() => void> = []
  const begun: string[] = []
  const work = (name: string) => async () => await new Promise<string>(resolve => {
    begun.push(name)
    ends.push(() => resolve(name))
  })
  const [two, three] = [new Cancellation(), new Cancellation()]
  const first = limit(new Cancellation(), work('one'))
  const second = limit(two, work('two'))
  const third = limit(three, work('three'))
  await t.rejects(limit(new Cancellation(), work('four')), { code: 'METABASE_SSO_OVERLOADED' })
  three.cancel()
  await t.rejects(third)
  ends[0]?.()
  t.equal(await first, 'one')
  await until(() => begun.length === 2)
  two.cancel()
  const fourth = limit(new Cancellation(), work('four'))
  t.strictSame(begun, ['one', 'two'], 'one at a time')
  ends[1]?.()
  t.equal(await second, 'two')
  await until(() => begun.length === 3)
  ends[2]?.()
  t.equal(await fourth, 'four')
})

t.test('who is cancelled already does not stand in line, and work that throws at once leaves its place', async t => {
  const limit = createLimit(1, 1)
  t.throws(() => limit(new Cancellation(), () => { throw new Error('at once') }), { message: 'at once' })
  let end = (): void => {}
  const first = limit(new Cancellation(), async () => await new Promise<void>(resolve => { end = resolve }))
  const cancelled = new Cancellation()
  cancelled.cancel()
  await t.rejects(limit(cancelled, async () => {}))
  const next = limit(new Cancellation(), async () => 'next')
  end()
  await first
  t.equal(await next, 'next')
})
