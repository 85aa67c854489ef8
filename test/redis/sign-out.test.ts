import { createClient } from 'redis'
import t from 'tap'
import { whoIs } from '../helpers/browser.js'
import { standIn } from '../helpers/host.js'
import { startRedis, startRedisApps } from '../helpers/redis.js'
import { Visitor } from '../helpers/visitor.js'

const TWO_WEEKS = 14 * 24 * 60 * 60
const redis = await startRedis(t)
const metabase = await standIn(t)
const apps = await startRedisApps(t, 3, redis, metabase)
const [one = '', other = '', third = ''] = apps
const client = createClient({ url: redis.url })
t.teardown(() => client.destroy())
await client.connect()

/** The plugin's records in Redis. Logins of the app have other keys; the mark of a logout is no record. */
async function ours (): Promise<string[]> {
  const keys = await client.keys('*metabase-*')
  const records = await Promise.all(keys.map(async key => await client.get(key)))
  return keys.filter((_key, index) => records[index]?.includes('"issued":['))
}

async function signedIn (email = 'ann.lee@example.com'): Promise<Visitor> {
  const visitor = new Visitor(one)
  await visitor.submitForm('/login', email)
  return visitor
}

/**
 * Signs in to Metabase at these processes, and returns the ids of the sessions. One process after the other: two that
 * exchange for one user session at the same moment may forget one.
 */
async function exchangeAt (urls: string[], visitor: Visitor): Promise<string[]> {
  const ids: string[] = []
  for (const url of urls) ids.push((await visitor.getJson(`${url}/sso/metabase`)).id)
  return ids
}

const whoAre = async (ids: string[]) => await Promise.all(ids.map(async id => await whoIs(metabase, id)))

t.test('the plugin ends at one process each session that any of three exchanged', async t => {
  const [ann, bao] = [await signedIn(), await signedIn('bao.tran@example.com')]
  const ids = await exchangeAt([other], ann)
  for (let round = 0; round < 5; round++) ids.push(...await exchangeAt(apps, ann))
  for (const url of apps) {
    const together = await Promise.all([1, 2, 3].map(async () => await ann.getJson(`${url}/sso/metabase`)))
    ids.push(...together.map(({ id }) => id))
  }
  const idsOfBao = await exchangeAt([other, third], bao)
  t.same(await whoAre(ids), ids.map(() => 'ann.lee@example.com'))

  for (const key of await ours()) {
    const left = await client.ttl(key)
    t.ok(left > TWO_WEEKS - 60 && left <= TWO_WEEKS, `Redis forgets by itself in ${left} seconds`)
  }

  t.equal((await ann.submitForm(`${third}/logout`)).status, 303)
  t.same(await whoAre(ids), ids.map(() => undefined))
  for (const url of apps) t.equal((await ann.get(`${url}/sso/metabase`)).status, 401)

  t.same(await whoAre(idsOfBao), idsOfBao.map(() => 'bao.tran@example.com'), 'no other user is signed out')
  t.not((await ours()).length, 0)
  const report = { ended: 2, remaining: 0, logoutUrl: `${metabase.url}/auth/logout` }
  t.match(await bao.postJson(`${other}/sso/metabase/logout`, {}), report)
  t.same(await ours(), [], 'nothing of ours is left in Redis')
})

t.test('the route answers within `timeout` while Metabase hangs, and says what remains', async t => {
  t.teardown(() => metabase.fail(null))
  const ann = await signedIn()
  const ids = await exchangeAt(apps, ann)
  metabase.fail('hang')
  // Metabase never answers: these are ended by the deadline of the plugin.
  t.match(await ann.postJson(`${third}/sso/metabase/logout`, {}), { ended: 0, remaining: 3 })
  t.equal((await ann.submitForm(`${other}/logout`)).status, 303)
  for (const url of apps) t.equal((await ann.get(`${url}/sso/metabase`)).status, 401, 'signed out of the app')
  metabase.fail(null)
  t.same(await whoAre(ids), ids.map(() => 'ann.lee@example.com'), 'Metabase never heard of it')
})

t.test('the plugin ends at the next logout, at any process, what remained', async t => {
  t.teardown(() => metabase.fail(null))
  const ann = await signedIn()
  const ids = await exchangeAt(apps, ann)
  const before = (await ours()).length
  metabase.fail('reset')
  t.match(await ann.postJson(`${third}/sso/metabase/logout`, {}), { ended: 0, remaining: 3 })
  t.equal((await ours()).length, before, 'they are still remembered')
  metabase.fail(null)
  t.match(await ann.postJson(`${one}/sso/metabase/logout`, {}), { ended: 3, remaining: 0 })
  t.same(await whoAre(ids), ids.map(() => undefined))
})
