import t from 'tap'
import { createSigningKeys } from '../../lib/jwt/signing-keys.js'
import type { SecretSource } from '../../lib/options/secret.js'
import { SECRET } from '../helpers/host.js'
import { stopClock } from '../helpers/standing-clock.js'

const OTHER = SECRET.replaceAll('f', 'e')
const log = { info () {}, warn () {} }
const keysOf = (source: SecretSource, timeout = 1000) => createSigningKeys('secret', source, timeout, log)

/** A vault whose calls are answered when the test says so. */
function slowVault () {
  const waiting: Array<(secret: string) => void> = []
  return { waiting, fetch: async () => await new Promise<string>(resolve => { waiting.push(resolve) }) }
}

t.test('keys that a function returned are used for five seconds', async t => {
  const clock = stopClock(t, performance)
  let calls = 0
  const keys = keysOf(() => `${SECRET}${calls++}`)
  t.strictSame(await keys.all(), [`${SECRET}0`])
  clock.pass(4999)
  t.strictSame(await keys.all(), [`${SECRET}0`])
  clock.pass(1)
  t.strictSame(await keys.all(), [`${SECRET}1`])
})

t.test('calls at once share one call of the function', async t => {
  const { waiting, fetch } = slowVault()
  const keys = keysOf(fetch)
  const all = Promise.all(Array.from({ length: 100 }, async () => String(await keys.all())))
  t.equal(waiting.length, 1)
  waiting[0]?.(SECRET)
  t.strictSame(new Set(await all), new Set([SECRET]))
})

t.test('the result of a call that failed is not kept', async t => {
  let isDown = true
  const keys = keysOf(() => { if (isDown) throw new Error('sealed'); return SECRET })
  await t.rejects(async () => await keys.all(), { code: 'METABASE_SSO_SECRET_FAILED' })
  isDown = false
  t.strictSame(await keys.all(), [SECRET])
})

t.test('a call that never ends is given up, and the next one is made', async t => {
  let calls = 0
  const keys = keysOf(async () => await (++calls === 1 ? new Promise<string>(() => {}) : SECRET), 50)
  const failed = { status: 'rejected', reason: { code: 'METABASE_SSO_SECRET_FAILED' } }
  t.match(await Promise.allSettled([keys.all(), keys.all()]), [failed, failed])
  t.strictSame(await keys.all(), [SECRET])
})

t.test('a key that Metabase refused is fetched again, once for all callers', async t => {
  let current = SECRET
  let calls = 0
  const keys = keysOf(async () => { calls++; return current })
  t.strictSame(await keys.all(), [SECRET])
  current = OTHER
  const next = await Promise.all(Array.from({ length: 100 }, async () => await keys.next([SECRET])))
  t.strictSame(new Set(next), new Set([OTHER]))
  t.equal(calls, 2)
  t.equal(await keys.next([SECRET]), OTHER, 'a caller that is refused late gets what the others fetched')
  t.equal(calls, 2)
})

t.test('a call that was under way when the key changed is followed by another', async t => {
  const { waiting, fetch } = slowVault()
  const keys = keysOf(fetch)
  const first = keys.all()
  waiting[0]?.(SECRET)
  await first
  const early = keys.next([SECRET])
  await new Promise(setImmediate)
  const late = keys.next([SECRET])
  await new Promise(setImmediate)
  waiting[1]?.(SECRET)
  t.equal(await early, undefined)
  await new Promise(setImmediate)
  t.equal(waiting.length, 3)
  waiting[2]?.(OTHER)
  t.equal(await late, OTHER)
})

t.test('keys that are given stay as they are', async t => {
  const keys = keysOf([SECRET])
  t.strictSame([await keys.all(), await keys.current(), await keys.next([SECRET])], [[SECRET], SECRET, undefined])
})
