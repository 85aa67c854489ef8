import t from 'tap'
import { startMetabase } from '../../testing/index.js'
t.test('x', async t => {
  const m = await startMetabase({ secret: 's', basePath: '/metabase/' })
  t.after?.(() => m.close())
  const r = await fetch(m.url + '/auth/sso?redirect=/a b', { redirect: 'manual' })
  t.equal(r.status, 302)
  console.log(m.url, r.headers, m.requests)
  const r2 = await fetch(m.url + '/nope', { method: 'POST', body: '{' , headers: {'content-type': 'application/json'}})
  console.log(r2.status, await r2.text(), r2.headers)
  await m.close()
  await m.close()
})
