import { createClient } from 'redis'
import t from 'tap'
import { needs, SECRET_MISSING, sessionEnv } from '../helpers/example.js'
import { standIn } from '../helpers/host.js'
import { startRedis, startRedisApp } from '../helpers/redis.js'
import { Visitor } from '../helpers/visitor.js'

const EIGHT_HOURS = 8 * 60 * 60
const redis = await startRedis(t)
const metabase = await standIn(t)

t.test('the example keeps logins alone in Redis, for eight hours, as the browser does', async t => {
  const client = createClient({ url: redis.url })
  t.teardown(() => client.destroy())
  await client.connect()
  const visitor = new Visitor(await startRedisApp(t, redis, metabase).url)
  await visitor.get('/sso/metabase')
  t.same(await client.keys('*'), [], 'nothing for a visitor')

  const login = await visitor.submitForm('/login')
  const [key = '', ...more] = await client.keys('*')
  t.same(more, [])
  const left = await client.ttl(key)
  t.ok(left > EIGHT_HOURS - 60 && left <= EIGHT_HOURS, `${left} seconds left`)
  const [, expires = ''] = /Expires=([^;]+)/.exec(login.headers.getSetCookie().join()) ?? []
  const inBrowser = (Date.parse(expires) - Date.now()) / 1000
  t.ok(inBrowser > EIGHT_HOURS - 60 && inBrowser <= EIGHT_HOURS, `${inBrowser} seconds in the browser`)

  await visitor.submitForm('/login', 'bao.tran@example.com')
  t.not((await client.keys('*'))[0], key, 'a new session for a new user')
  t.equal((await client.keys('*')).length, 1, 'in place of the old one')
  await visitor.submitForm('/logout')
  const [mark = '', ...others] = await client.keys('*')
  t.same(others, [])
  t.match(mark, 'metabase-', 'but for the mark that this user has signed out')
  const forMark = await client.ttl(mark)
  t.ok(forMark > 0 && forMark <= 15 * 60, `${forMark} seconds left`)
})

t.test('the example has a cookie for https alone behind a load balancer that speaks it', async t => {
  const cookieAt = async (url: string) => {
    const headers = { 'x-forwarded-proto': 'https' }
    const body = new URLSearchParams({ email: 'ann.lee@example.com' })
    const response = await fetch(`${url}/login`, { method: 'POST', redirect: 'manual', headers, body })
    return response.headers.getSetCookie().join()
  }
  t.match(await cookieAt(await startRedisApp(t, redis, metabase, { TRUST_PROXY: '127.0.0.1' }).url), /; Secure/)
  const cookie = await cookieAt(await startRedisApp(t, redis, metabase).url)
  t.notMatch(cookie, /; Secure/, 'no other client can say that it is https')
})

t.test('the example starts with all it needs, or says what is missing', async t => {
  const env = { ...sessionEnv(metabase), REDIS_URL: redis.url }
  await Promise.all([
    needs(t, 'redis', env, 'SESSION_SECRET'),
    needs(t, 'redis', env, 'REDIS_URL'),
    needs(t, 'redis', env, 'METABASE_JWT_SHARED_SECRET', SECRET_MISSING)
  ])
})
