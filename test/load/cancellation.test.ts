import t from 'tap'
import { Cancellation } from '../../lib/deadline.js'

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
