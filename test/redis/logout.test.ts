import { once, EventEmitter } from 'node:events'
import t from 'tap'
import { standIn } from '../helpers/host.js'
import { discovered, ownMetabase, signedIn, type Reply } from '../helpers/own-metabase.js'
import { startRedis, startRedisApps } from '../helpers/redis.js'
import { Visitor } from '../helpers/visitor.js'

t.test('the plugin answers 401 at each process after a logout at one', async t => {
  const [one = '', other = ''] = await startRedisApps(t, 2, await startRedis(t), await standIn(t))
  const [ann, bao] = [new Visitor(one), new Visitor(one)]
  await ann.submitForm('/login')
  await bao.submitForm('/login', 'bao.tran@example.com')
  t.equal((await ann.get(`${other}/sso/metabase`)).status, 200)

  t.equal((await ann.submitForm('/logout')).status, 303)
  for (const url of [other, one]) {
    const response = await ann.get(`${url}/sso/metabase`)
    t.equal(response.status, 401)
    t.match(await response.json(), { code: 'METABASE_SSO_NOT_AUTHENTICATED' })
    t.equal((await bao.get(`${url}/sso/metabase`)).status, 200, 'no other user is signed out')
  }
})

t.test('the plugin answers 401 when the user signs out at another process meanwhile', async t => {
  const waiting = new EventEmitter()
  const hold: Reply = (response, request) => waiting.emit('sign-in', () => signedIn(response, request))
  const metabase = await ownMetabase(t, { discovery: discovered, get: hold, post: hold })
  const [one = '', other = ''] = await startRedisApps(t, 2, await startRedis(t), metabase)
  const ann = new Visitor(one)
  await ann.submitForm('/login')

  const atMetabase = once(waiting, 'sign-in')
  const answer = ann.get(`${other}/sso/metabase`)
  const tooSoon = answer.then(({ status }) => { throw new Error(`answered with ${status} before Metabase was asked`) })
  const [release] = await Promise.race([atMetabase, tooSoon])
  await ann.submitForm('/logout')
  release()
  t.equal((await answer).status, 401, 'what Metabase answers too late is not given out')

  for (const url of [one, other]) t.equal((await ann.get(`${url}/sso/metabase`)).status, 401)
})
