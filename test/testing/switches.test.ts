import t from 'tap'
import type { MetabaseSettings } from '../../testing/index.js'
import { annsJwt, clock, sign } from './helpers/sign.js'
import { ask, embedJs, postJson, sdk, start } from './helpers/stand-in.js'

interface Case { name: string, settings: Partial<MetabaseSettings>, headers?: Record<string, string>, usual: object, older: object, logins?: number }

const cases: Case[] = [
  {
    name: 'open source',
    settings: { edition: 'open-source' },
    usual: { status: 404, text: /^<!doctype html>/ },
    older: { status: 404, text: /^<!doctype html>/ }
  },
  {
    name: 'no licence',
    settings: { licensed: false },
    usual: { status: 402, json: { status: 'error-premium-feature-not-available', message: /^JWT-based authentication is a paid feature/ } },
    older: { status: 403, text: 'SSO requires a valid token' }
  },
  {
    name: 'SSO off',
    settings: { jwtSso: false },
    usual: { status: 400, json: { status: 'error-sso-disabled', message: 'SSO has not been enabled and/or configured', data: { 'status-code': 400 } } },
    older: { status: 400, text: 'JWT SSO has not been enabled and/or configured' }
  },
  {
    name: 'SDK embedding off',
    settings: { sdkEmbedding: false },
    usual: { status: 402, json: { status: 'error-embedding-sdk-disabled' } },
    older: { status: 402, text: 'SDK Embedding is not enabled.' },
    logins: 1
  },
  {
    name: 'modular embedding off',
    settings: { simpleEmbedding: false },
    headers: embedJs,
    usual: { status: 402, json: { status: 'error-embedding-simple-disabled' } },
    older: { status: 402, json: { status: 'error-embedding-simple-disabled' } },
    logins: 1
  }
]

for (const { name, settings, headers = sdk, usual, older, logins = 0 } of cases) {
  t.test(name, async t => {
    const metabase = await start(t)
    Object.assign(metabase.settings, settings)
    t.match(await ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers }), usual)
    t.match(await postJson(metabase, '/auth/sso', { jwt: annsJwt() }, headers), usual)
    t.equal(metabase.logins, 2 * logins, 'only the embedding switches are looked at after the login')
    metabase.settings.olderAnswers = true
    t.match(await ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers }), older)
  })
}

t.test('older versions show a stack trace (metabase#14820)', async t => {
  const metabase = await start(t)
  metabase.settings.olderAnswers = true
  const refusal = async (jwt: string) => ask(metabase, `/auth/sso?jwt=${jwt}`, { headers: sdk })
  t.match(await refusal(sign({}, 'another')), { status: 401, json: { message: 'Message seems corrupt or manipulated', trace: Array } })
  t.match(await refusal(annsJwt({ exp: clock })), { status: 401, json: { message: `Token is expired (${clock})`, via: [{ message: `Token is expired (${clock})` }] } })
})

t.test('versions that write errors of POST as pages', async t => {
  const metabase = await start(t, { version: 'v58' })
  metabase.settings.postAnswer = 'html'
  const post = async (jwt: string) => postJson(metabase, '/auth/sso', { jwt }, sdk)
  t.match(await post(annsJwt()), { status: 501, text: /<!doctype html>.*error-post-jwt-not-valid/s })
  metabase.settings.olderAnswers = true
  t.match(await post(annsJwt()), { status: 400, text: /error-post-jwt-not-valid/ })
  Object.assign(metabase, { version: 'v61' }).settings.olderAnswers = false
  t.match(await post('nonsense'), { status: 401, text: /<p>Message seems corrupt or manipulated<\/p>/ })
  t.equal((await post(annsJwt())).json.status, 'ok')
  t.match(await ask(metabase, '/auth/sso?jwt=nonsense'), { status: 401, text: /^Message/ })
  metabase.settings.edition = 'open-source'
  t.match(await post(annsJwt()), { status: 404, text: /^<!doctype html>(?!.*doctype)/s })
})
