import t from 'tap'
import type { CallPolicy } from '../../lib/metabase/call-policy.js'
import { createRevocation } from '../../lib/metabase/revocation.js'

t.test('a logout asks for no further session once its time is over', async t => {
  const controller = new AbortController()
  let asked = 0
  const logout: CallPolicy['logout'] = async work => await work(async () => {
    if (++asked === 10) controller.abort(new Error('its time is over'))
    return { status: 204, headers: {}, type: '', location: undefined, retryAfter: undefined, challenges: false, body: '' }
  }, controller.signal)
  const exchange = () => async () => t.fail('nothing is exchanged') as never
  const ids = Array.from({ length: 1500 }, (_, n) => `id-${n}`)
  const { ended } = await createRevocation({ exchange, logout }).revokeAll(ids)
  // Four at a time.
  t.ok(ended.length < 15 && asked === ended.length, `${asked} of ${ids.length}`)
})
