import t from 'tap'
import { tradeAsClient, whoIs } from '../helpers/browser.js'
import { FRONT_END } from '../helpers/example.js'
import { syncGroups } from '../helpers/groups.js'
import { standIn } from '../helpers/host.js'
import { startRedis, startRedisApps } from '../helpers/redis.js'
import { Visitor } from '../helpers/visitor.js'

const metabase = await standIn(t)
syncGroups(metabase, 'Sales')
const [one = '', other = ''] = await startRedisApps(t, 2, await startRedis(t), metabase)

t.test('the route knows a login of another process, in each of its three answers', async t => {
  const ann = new Visitor(one)
  t.equal((await ann.get(`${other}/sso/metabase`)).status, 401, 'no user yet')
  const login = await ann.submitForm('/login', 'ann.lee@example.com')
  t.equal(login.status, 303)
  t.equal(login.headers.get('location'), FRONT_END)
  t.match(login.headers.getSetCookie().join(), /^sessionId=.*HttpOnly.*SameSite=Lax/)

  t.equal(await whoIs(metabase, (await ann.getJson(`${other}/sso/metabase`)).id), 'ann.lee@example.com')
  const { jwt } = await ann.getJson(`${other}/sso/metabase?response=json`)
  t.equal(await whoIs(metabase, await tradeAsClient(metabase, jwt)), 'ann.lee@example.com')
  const { html } = await ann.openFrame(`${other}/sso/metabase?return_to=/dashboard/1`)
  t.match(html, '/dashboard/1 as seen by ann.lee@example.com')
  t.match(metabase.users.get('ann.lee@example.com'), { first_name: 'Ann', groups: ['Sales'] })
})

t.test('the route tells two users of two processes apart at both', async t => {
  const [ann, bao] = [new Visitor(one), new Visitor(other)]
  await ann.submitForm('/login', 'ann.lee@example.com')
  await bao.submitForm('/login', 'bao.tran@example.com')
  for (const url of [one, other]) {
    t.equal(await whoIs(metabase, (await ann.getJson(`${url}/sso/metabase`)).id), 'ann.lee@example.com')
    t.equal(await whoIs(metabase, (await bao.getJson(`${url}/sso/metabase`)).id), 'bao.tran@example.com')
  }
})

t.test('the route refuses a cookie that the session secret did not sign', async t => {
  const ann = new Visitor(one)
  const login = await ann.submitForm('/login')
  const cookie = String(login.headers.getSetCookie()[0]).split(';')[0] ?? ''
  t.equal((await fetch(`${other}/sso/metabase`, { headers: { cookie } })).status, 200)
  const forged = cookie.replace(/\.[^.]*$/, '.forged')
  t.equal((await fetch(`${other}/sso/metabase`, { headers: { cookie: forged } })).status, 401)
})
