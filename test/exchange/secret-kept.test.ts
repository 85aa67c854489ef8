import t from 'tap'
import { createSecretProvider, SECRET_KEPT_MS } from '../../lib/jwt/secret-provider.js'
import { SECRET } from '../helpers/host.js'

const OTHER = SECRET.replaceAll('f', 'e')
const isOther = (keys: readonly unknown[]) => keys.includes(OTHER)

/** A vault whose calls are answered when the test says so. */
function slowVault () {
  const waiting: Array<(secret: string) => void> = []
  return { waiting, fetch: async () => await new Promise<string>(resolve => { waiting.push(resolve) }) }
}

t.test('keys that a function returned are used for five seconds', async t => {
  let time = 0
  let calls = 0
  const provider = createSecretProvider('secret', () => `${SECRET}${calls++}`, 1000, () => time)
  t.strictSame(await provider.get(), [`${SECRET}0`])
  time = SECRET_KEPT_MS - 1
  t.strictSame(await provider.get(), [`${SECRET}0`])
  time = SECRET_KEPT_MS
  t.strictSame(await provider.get(), [`${SECRET}1`])
  t.equal(SECRET_KEPT_MS, 5000)
})

t.test('calls at once share one call of the function', async t => {
  const { waiting, fetch } = slowVault()
  const provider = createSecretProvider('secret', fetch, 1000)
  const all = Promise.all(Array.from({ length: 100 }, async () => String(await provider.get())))
  t.equal(waiting.length, 1)
  waiting[0]?.(SECRET)
  t.strictSame(new Set(await all), new Set([SECRET]))
})

t.test('the result of a call that failed is not kept', async t => {
  let isDown = true
  const provider = createSecretProvider('secret', () => { if (isDown) throw new Error('sealed'); return SECRET }, 1000)
  await t.rejects(async () => await provider.get(), { code: 'METABASE_SSO_SECRET_FAILED' })
  isDown = false
  t.strictSame(await provider.get(), [SECRET])
})

t.test('a call that never ends is given up, and the next one is made', async t => {
  let calls = 0
  const provider = createSecretProvider('secret', async () => await (++calls === 1 ? new Promise<string>(() => {}) : SECRET), 50)
  t.match(await Promise.allSettled([provider.get(), provider.get()]), Array(2).fill({ status: 'rejected', reason: { code: 'METABASE_SSO_SECRET_FAILED' } }))
  t.strictSame(await provider.get(), [SECRET])
})

t.test('a key that Metabase refused is fetched again, once for all callers', async t => {
  let current = SECRET
  let calls = 0
  const provider = createSecretProvider('secret', async () => { calls++; return current }, 1000)
  t.strictSame(await provider.get(), [SECRET])
  current = OTHER
  t.strictSame(new Set(await Promise.all(Array.from({ length: 100 }, async () => String(await provider.refetch(isOther))))), new Set([OTHER]))
  t.equal(calls, 2)
  t.strictSame(await provider.refetch(isOther), [OTHER], 'a caller that is refused late gets what the others fetched')
  t.equal(calls, 2)
})

t.test('a call that was under way when the key changed is followed by another', async t => {
  const { waiting, fetch } = slowVault()
  const provider = createSecretProvider('secret', fetch, 1000)
  const early = provider.get()
  const late = provider.refetch(isOther)
  waiting[0]?.(SECRET)
  t.strictSame(await early, [SECRET])
  await new Promise(setImmediate)
  t.equal(waiting.length, 2)
  waiting[1]?.(OTHER)
  t.strictSame(await late, [OTHER])
})

t.test('keys that are given stay as they are', async t => {
  const provider = createSecretProvider('secret', [SECRET], 1000)
  t.strictSame([await provider.get(), await provider.refetch(isOther)], [[SECRET], [SECRET]])
})
