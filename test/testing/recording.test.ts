import t from 'tap'
import { ask, postJson, sdk, start } from './helpers/stand-in.js'

t.test('each request is recorded, in order', async t => {
  const metabase = await start(t, { basePath: '/metabase' })
  await ask(metabase, '/auth/sso?a=1&a=2&b=%20', { headers: sdk })
  await postJson(metabase, '/auth/sso', { jwt: 'x' })
  await ask(metabase, '/auth/sso', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } })
  await ask(metabase, '/anything', { method: 'PUT', body: 'text' })
  const headers = { host: new URL(metabase.url).host }
  t.match(metabase.requests, [
    {
      method: 'GET',
      url: '/metabase/auth/sso?a=1&a=2&b=%20',
      path: '/metabase/auth/sso',
      query: { a: '2', b: ' ' },
      headers: { ...headers, ...sdk },
      body: undefined
    },
    { method: 'POST', url: '/metabase/auth/sso', path: '/metabase/auth/sso', query: {}, headers, body: { jwt: 'x' } },
    { method: 'POST', path: '/metabase/auth/sso', body: undefined },
    { method: 'PUT', path: '/metabase/anything', body: undefined }
  ])
  t.equal(metabase.requests.length, 4)
})

t.test('a request that fails is recorded, too', async t => {
  const metabase = await start(t)
  metabase.fail('reset')
  await t.rejects(postJson(metabase, '/auth/sso', { jwt: 'x' }))
  t.match(metabase.requests, [{ method: 'POST', path: '/auth/sso', body: { jwt: 'x' } }])
})
