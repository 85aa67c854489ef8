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

/** What the plugin itself has in Redis of Metabase sessions: the logins of the app have other names, and its mark of a logout is no list. */
async function ours (): Promise<string[]> {
  const keys = await client.keys('*metabase-*')
  const records = await Promise.all(keys.map(async key => await client.get(key)))
  return keys.filter((_key, index) => records[index]?.includes('"metabase":['))
}

async function signedIn (email = 'ann.lee@example.com'): Promise<Visitor> {
  const visitor = new Visitor(one)
  await visitor.submitForm('/login', email)
  return visitor
}

/** Signs in to Metabase at these processes at once, and returns the ids of the sessions. */
async function exchangeAt (urls: string[], visitor: Visitor): Promise<string[]> {
  return await Promise.all(urls.map(async url => (await visitor.getJson(`${url}/sso/metabase`)).id))
}

const whoAre = async (ids: string[]) => await Promise.all(ids.map(async id => await whoIs(metabase, id)))

t.test('login at one process, exchanges at all of them at once, logout at the third: Metabase refuses every old session', async t => {
  const [ann, bao] = [await signedIn(), await signedIn('bao.tran@example.com')]
  const ids = await exchangeAt([other], ann)
  for (let round = 0; round < 5; round++) ids.push(...await exchangeAt([...apps, ...apps], ann))
  const idsOfBao = await exchangeAt([other, third], bao)
  t.same(await whoAre(ids), ids.map(() => 'ann.lee@example.com'))

  for (const key of await ours()) {
    const left = await client.ttl(key)
    t.ok(left > TWO_WEEKS - 60 && left <= TWO_WEEKS, `Redis forgets by itself in ${left} seconds`)
  }

  t.equal((await ann.submitForm(`${third}/logout`)).status, 303)
  t.same(await whoAre(ids), ids.map(() => undefined))
  for (const url of apps) t.equal((await ann.get(`${url}/sso/metabase`)).status, 401)

  t.same(await whoAre(idsOfBao), idsOfBao.map(() => 'bao.tran@example.com'), 'nobody else is signed out')
  t.not((await ours()).length, 0)
  t.match(await bao.postJson(`${other}/sso/metabase/logout`, {}), { ended: 2, left: 0, logoutUrl: `${metabase.url}/auth/logout` })
  t.same(await ours(), [], 'nothing of ours is left in Redis')
})

t.test('with Metabase down, signing out is answered in time and says what is left', async t => {
  t.teardown(() => metabase.fail(null))
  const ann = await signedIn()
  const ids = await exchangeAt(apps, ann)
  metabase.fail('hang')
  const began = performance.now()
  t.match(await ann.postJson(`${third}/sso/metabase/logout`, {}), { ended: 0, left: 3 })
  t.equal((await ann.submitForm(`${other}/logout`)).status, 303)
  t.ok(performance.now() - began < 2 * 5000 + 2500, 'neither takes longer than `timeout`')
  for (const url of apps) t.equal((await ann.get(`${url}/sso/metabase`)).status, 401, 'signed out of the app all the same')
  metabase.fail(null)
  t.same(await whoAre(ids), ids.map(() => 'ann.lee@example.com'), 'Metabase never heard of it')
})

t.test('once Metabase is there again, the next logout of the same session ends the rest, at any process', async t => {
  t.teardown(() => metabase.fail(null))
  const ann = await signedIn()
  const ids = await exchangeAt(apps, ann)
  const before = (await ours()).length
  metabase.fail('reset')
  t.match(await ann.postJson(`${third}/sso/metabase/logout`, {}), { ended: 0, left: 3 })
  t.equal((await ours()).length, before, 'they are still remembered')
  metabase.fail(null)
  t.match(await ann.postJson(`${one}/sso/metabase/logout`, {}), { ended: 3, left: 0 })
  t.same(await whoAre(ids), ids.map(() => undefined))
})
