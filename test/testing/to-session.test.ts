import t from 'tap'
import type { MetabaseStandIn } from '../../testing/index.js'
import { annsJwt } from './helpers/sign.js'
import { ask, postJson, start } from './helpers/stand-in.js'

const toSession = (metabase: MetabaseStandIn, body: unknown) => postJson(metabase, '/auth/sso/to_session', body)

for (const version of ['v56', 'v58', 'v61'] as const) {
  t.test(`to_session of ${version} gives a session alone, whatever is switched off`, async t => {
    const metabase = await start(t, { version })
    Object.assign(metabase.settings, { sdkEmbedding: false, simpleEmbedding: false })
    const answer = await toSession(metabase, { jwt: annsJwt() })
    t.equal(answer.status, 200)
    t.strictSame(answer.json, { session_token: [...metabase.sessions.keys()].at(-1) })
    t.equal(answer.headers.get('set-cookie'), null)
    t.equal(metabase.logins, 1)
  })
}

for (const version of ['v50', 'v55'] as const) {
  t.test(`${version} has no to_session: 404 as for every path below /auth/sso`, async t => {
    const metabase = await start(t, { version })
    for (const answer of [await toSession(metabase, { jwt: annsJwt() }), await ask(metabase, '/auth/sso/anything')]) {
      t.match(answer, { status: 404, text: 'Not found.' })
      t.equal(answer.headers.get('content-type'), null)
    }
    t.equal(metabase.logins, 0)
  })
}

t.test('to_session refuses in texts without a type', async t => {
  const metabase = await start(t)
  const refusal = async (jwt: string) => {
    const { status, headers, text } = await toSession(metabase, { jwt })
    t.equal(headers.get('content-type'), null)
    return [status, text]
  }
  t.strictSame(await refusal('nonsense'), [401, 'Message seems corrupt or manipulated'])
  t.strictSame(await refusal(annsJwt({ exp: 1 })), [401, 'Token is expired (1)'])
  t.strictSame(await refusal(annsJwt({ iat: 1 })), [401, 'Token is older than max-age (180)'])
  t.strictSame(await refusal(annsJwt({ email: '' })), [401, 'JWT token missing email claim'])
  t.strictSame(await refusal(annsJwt({ '@tenant': 'acme' })), [403, 'Tenants and tenant users are disabled.'])
  metabase.settings.userProvisioning = false
  t.match(await refusal(annsJwt()), [401, /^Sorry, but you'll need a metabase account/])
  metabase.settings.licensed = false
  t.strictSame(await refusal(annsJwt()), [400, 'JWT authentication is not enabled'])
  t.equal(metabase.logins, 0)
})

t.test('to_session checks its body before anything else', async t => {
  const metabase = await start(t)
  metabase.settings.jwtSso = false
  for (const body of [{}, { jwt: ' ' }, { jwt: 1 }, null]) {
    t.match(await toSession(metabase, body), {
      status: 400, json: { errors: { jwt: 'value must be a non-blank string.' }, 'specific-errors': { jwt: Array } }
    })
  }
})
