import t from 'tap'
import type { MetabaseVersion } from '../../testing/index.js'
import { annsJwt, clock } from './helpers/sign.js'
import { ask, embedJs, postJson, sdk, start } from './helpers/stand-in.js'

for (const version of ['v58', 'v61'] satisfies MetabaseVersion[]) {
  t.test(`${version}: discovery has no hash`, async t => {
    const metabase = await start(t, { version })
    const answer = await ask(metabase, '/auth/sso?preferred_method=jwt', { headers: embedJs })
    t.strictSame(answer.json, { url: metabase.identityProviderUri, method: 'jwt' })
  })

  t.test(`${version}: GET trades a JWT for an embedding client`, async t => {
    const metabase = await start(t, { version })
    for (const headers of [sdk, embedJs]) {
      const answer = await ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers })
      t.strictSame(answer.json, { status: 'ok', id: [...metabase.sessions.keys()].at(-1), exp: clock + 600, iat: clock })
    }
    t.equal(metabase.logins, 2)
  })

  t.test(`${version}: GET signs a browser in`, async t => {
    const metabase = await start(t, { version })
    const answer = await ask(metabase, `/auth/sso?token=true&jwt=${annsJwt()}`)
    t.equal(answer.status, 302)
    t.equal(answer.headers.get('location'), '/')
    t.match(answer.headers.get('set-cookie'), [...metabase.sessions.keys()][0])
  })
}

t.test('v58 refuses the JWT in a POST', async t => {
  const metabase = await start(t, { version: 'v58' })
  const answer = await postJson(metabase, '/auth/sso', { jwt: annsJwt() }, sdk)
  t.equal(answer.status, 501)
  t.match(answer.json, { status: 'error-post-jwt-not-valid', message: 'POST not valid for JWT SSO requests' })
  t.equal(metabase.logins, 0)
})

t.test('v61 takes the JWT from a POST', async t => {
  const metabase = await start(t)
  const forClient = await postJson(metabase, '/auth/sso', { jwt: annsJwt() }, sdk)
  t.equal(forClient.status, 200)
  t.strictSame(forClient.json, { status: 'ok', id: [...metabase.sessions.keys()][0], exp: clock + 600, iat: clock })

  const forBrowser = await postJson(metabase, '/auth/sso?return_to=/question/1', { jwt: annsJwt() })
  t.equal(forBrowser.status, 302)
  t.equal(forBrowser.headers.get('location'), '/question/1')
  t.match(forBrowser.headers.get('set-cookie'), 'metabase.SESSION=')
})

t.test('v61 wants the JWT in a JSON body', async t => {
  const metabase = await start(t)
  for (const body of [{}, { jwt: ' ' }, { jwt: 1 }, null, 'text']) {
    t.equal((await postJson(metabase, '/auth/sso', body, sdk)).status, 400, JSON.stringify(body))
  }
  const form = await ask(metabase, '/auth/sso', { method: 'POST', headers: sdk, body: new URLSearchParams({ jwt: annsJwt() }) })
  t.equal(form.status, 400)
  const broken = await ask(metabase, '/auth/sso', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' })
  t.equal(broken.status, 400)
  t.equal(metabase.logins, 0)
})
