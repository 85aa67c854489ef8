import t from 'tap'
import { SECRET_KEPT_MS, secretSource } from '../../lib/jwt/secret-provider.js'
import { SECRET } from '../helpers/host.js'

const OTHER = SECRET.replaceAll('f', 'e')

/** A vault whose calls are answered when the test says so. */
function slowVault () {
  const waiting: Array<(secret: string) => void> = []
  return { waiting, fetch: async () => await new Promise<string>(resolve => { waiting.push(resolve) }) }
}

t.test('what a function returned is used for five seconds', async t => {
  let time = 0
  let calls = 0
  const source = secretSource('secret', () => `${SECRET}${calls++}`, 1000, () => time)
  t.equal(await source.get(), `${SECRET}0`)
  time = SECRET_KEPT_MS - 1
  t.equal(await source.get(), `${SECRET}0`)
  time = SECRET_KEPT_MS
  t.equal(await source.get(), `${SECRET}1`)
  t.equal(SECRET_KEPT_MS, 5000)
})

t.test('many who ask at once cause one call', async t => {
  const { waiting, fetch } = slowVault()
  const source = secretSource('secret', fetch, 1000)
  const all = Promise.all(Array.from({ length: 100 }, async () => await source.get()))
  t.equal(waiting.length, 1)
  waiting[0]?.(SECRET)
  t.strictSame(new Set(await all), new Set([SECRET]))
})

t.test('a call that failed is not kept', async t => {
  let isDown = true
  const source = secretSource('secret', () => { if (isDown) throw new Error('sealed'); return SECRET }, 1000)
  await t.rejects(source.get(), { code: 'METABASE_SSO_SECRET_FAILED' })
  isDown = false
  t.equal(await source.get(), SECRET)
})

t.test('a call that never ends is given up, and the next one is made', async t => {
  let calls = 0
  const source = secretSource('secret', async () => await (++calls === 1 ? new Promise<string>(() => {}) : SECRET), 50)
  t.match(await Promise.allSettled([source.get(), source.get()]), Array(2).fill({ status: 'rejected', reason: { code: 'METABASE_SSO_SECRET_FAILED' } }))
  t.equal(await source.get(), SECRET)
})

t.test('a secret that Metabase refused is fetched anew, once for all who were refused', async t => {
  let current = SECRET
  let calls = 0
  const source = secretSource('secret', async () => { calls++; return current }, 1000)
  t.equal(await source.get(), SECRET)
  current = OTHER
  t.strictSame(new Set(await Promise.all(Array.from({ length: 100 }, async () => await source.getAfter(SECRET)))), new Set([OTHER]))
  t.equal(calls, 2)
  t.equal(await source.getAfter(SECRET), OTHER, 'who is refused late gets what the others fetched')
  t.equal(calls, 2)
})

t.test('a call that was under way when the secret changed is not the last word', async t => {
  const { waiting, fetch } = slowVault()
  const source = secretSource('secret', fetch, 1000)
  const early = source.get()
  const late = source.getAfter(SECRET)
  waiting[0]?.(SECRET)
  t.equal(await early, SECRET)
  await new Promise(setImmediate)
  t.equal(waiting.length, 2)
  waiting[1]?.(OTHER)
  t.equal(await late, OTHER)
})

t.test('what is no function is itself, whatever Metabase says', async t => {
  const source = secretSource('secret', SECRET, 1000)
  t.strictSame([await source.get(), await source.getAfter(SECRET)], [SECRET, SECRET])
})
