import t from 'tap'
import { annsJwt, clock } from './helpers/sign.js'
import { ask, embedJs, sdk, start } from './helpers/stand-in.js'

for (const version of ['v58', 'v61'] as const) {
  t.test(`discovery of ${version} has no hash`, async t => {
    const metabase = await start(t, { version })
    const answer = await ask(metabase, '/auth/sso?preferred_method=jwt', { headers: embedJs })
    t.strictSame(answer.json, { url: metabase.identityProviderUri, method: 'jwt' })
  })

  t.test(`GET of ${version} trades a JWT for an embedding client`, async t => {
    const metabase = await start(t, { version })
    for (const headers of [sdk, embedJs]) {
      const answer = await ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers })
      t.strictSame(
        answer.json, { status: 'ok', id: [...metabase.sessions.keys()].at(-1), exp: clock + 600, iat: clock }
      )
    }
    t.equal(metabase.logins, 2)
  })

  t.test(`GET of ${version} signs a browser in`, async t => {
    const metabase = await start(t, { version })
    const answer = await ask(metabase, `/auth/sso?token=true&jwt=${annsJwt()}`)
    t.equal(answer.status, 302)
    t.equal(answer.headers.get('location'), '/')
    t.match(answer.headers.get('set-cookie'), [...metabase.sessions.keys()][0])
  })
}
