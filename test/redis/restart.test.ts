import t from 'tap'
import { whoIs } from '../helpers/browser.js'
import { standIn } from '../helpers/host.js'
import { startRedis, startRedisApp } from '../helpers/redis.js'
import { Visitor } from '../helpers/visitor.js'

t.test('the route knows a login whose process has ended', async t => {
  const [redis, metabase] = [await startRedis(t), await standIn(t)]
  const before = startRedisApp(t, redis, metabase)
  const ann = new Visitor(await before.url)
  await ann.submitForm('/login')
  before.kill('SIGTERM')
  t.same(await before.exited, [0, null], 'it ends by itself, the connection to Redis and all')

  const url = await startRedisApp(t, redis, metabase).url
  t.equal(await whoIs(metabase, (await ann.getJson(`${url}/sso/metabase`)).id), 'ann.lee@example.com')
})

t.test('the route answers 500 at once without Redis, and 200 with it again', async t => {
  const [redis, metabase] = [await startRedis(t), await standIn(t)]
  const ann = new Visitor(await startRedisApp(t, redis, metabase).url)
  await ann.submitForm('/login')
  await redis.stop()
  for (const request of ['the first', 'the next']) {
    const response = await ann.get('/sso/metabase')
    t.equal(response.status, 500, request)
    // Not that it timed out: redis would let a request wait for 5 seconds.
    t.match(await response.json(), { message: /offline|closed|ECONN|EPIPE/ }, request)
  }

  await redis.restart()
  await until(async () => (await ann.submitForm('/login')).status === 303)
  t.equal((await ann.get('/sso/metabase')).status, 200)
})

/** Asks again until it is so. */
async function until (isSo: () => Promise<boolean>): Promise<void> {
  while (!await isSo()) await new Promise(resolve => setImmediate(resolve))
}
