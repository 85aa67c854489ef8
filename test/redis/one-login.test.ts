import t from 'tap'
import { tradeAsClient, whoIs } from '../helpers/browser.js'
import { FRONT_END } from '../helpers/example.js'
import { standIn } from '../helpers/host.js'
import { startRedis, startRedisApps } from '../helpers/redis.js'
import { Visitor } from '../helpers/visitor.js'

const metabase = await standIn(t)
const [one = '', other = ''] = await startRedisApps(t, 2, await startRedis(t), metabase)

t.test('a login at one process counts at the other, in each of the three answers', async t => {
  const ann = new Visitor(one)
  t.equal((await ann.get(`${other}/sso/metabase`)).status, 401, 'nobody yet')
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

t.test('two people at two processes are two people at both', async t => {
  const [ann, bao] = [new Visitor(one), new Visitor(other)]
  await ann.submitForm('/login', 'ann.lee@example.com')
  await bao.submitForm('/login', 'bao.tran@example.com')
  for (const url of [one, other]) {
    t.equal(await whoIs(metabase, (await ann.getJson(`${url}/sso/metabase`)).id), 'ann.lee@example.com')
    t.equal(await whoIs(metabase, (await bao.getJson(`${url}/sso/metabase`)).id), 'bao.tran@example.com')
  }
})

t.test('a cookie that the session secret did not sign is nobody’s', async t => {
  const ann = new Visitor(one)
  const login = await ann.submitForm('/login')
  const cookie = String(login.headers.getSetCookie()[0]).split(';')[0] ?? ''
  t.equal((await fetch(`${other}/sso/metabase`, { headers: { cookie } })).status, 200)
  t.equal((await fetch(`${other}/sso/metabase`, { headers: { cookie: cookie.replace(/\.[^.]*$/, '.forged') } })).status, 401)
})
