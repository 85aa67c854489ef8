import t from 'tap'
import type { MetabaseSettings, MetabaseVersion } from '../../testing/index.js'
import { annsJwt, sign } from './helpers/sign.js'
import { ask, embedJs, logInError, postJson, sdk, start, type Answer } from './helpers/stand-in.js'

const off = 'SSO has not been enabled and/or configured'
const disabled = {
  message: off,
  cause: off,
  status: 'error-sso-disabled',
  data: { status: 'error-sso-disabled', 'status-code': 400 },
  via: [{ type: 'clojure.lang.ExceptionInfo', message: off }],
  trace: Array
}
const simpleDisabled = 'error-embedding-simple-disabled'

interface Case {
  name: string
  settings: Partial<MetabaseSettings>
  version?: MetabaseVersion
  headers?: Record<string, string>
  status: number
  /** The answer to a GET: a text, or JSON. */
  says: string | object
  /** The page of a POST. */
  posted: [status: number, message: string]
  logins?: number
}

const cases: Case[] = [
  { name: 'JWT SSO off', settings: { jwtSso: false }, status: 400, says: disabled, posted: [400, off] },
  { name: 'no licence', settings: { licensed: false }, status: 400, says: disabled, posted: [400, off] },
  {
    name: 'JWT SSO off',
    settings: { jwtSso: false },
    version: 'v50',
    status: 400,
    says: 'JWT SSO has not been enabled and/or configured',
    posted: [400, 'JWT SSO has not been enabled and/or configured']
  },
  {
    name: 'SDK embedding off',
    settings: { sdkEmbedding: false },
    status: 402,
    says: { status: 'error-embedding-sdk-disabled', data: { 'status-code': 402 }, trace: Array },
    posted: [402, 'Embedding SDK for React is disabled. Enable it in the embedding settings.'],
    logins: 2
  },
  {
    name: 'modular embedding off',
    settings: { simpleEmbedding: false },
    headers: embedJs,
    status: 402,
    says: { status: simpleDisabled, message: 'You need to turn on modular embedding in the embedding settings.' },
    posted: [402, 'You need to turn on modular embedding in the embedding settings.'],
    logins: 2
  },
  {
    name: 'modular embedding off',
    settings: { simpleEmbedding: false },
    version: 'v56',
    headers: embedJs,
    status: 402,
    says: {
      status: simpleDisabled, message: 'Embedded Analytics JS is disabled. Enable it in the embedding settings.'
    },
    posted: [501, 'POST not valid for JWT SSO requests'],
    logins: 1
  }
]

for (const { name, settings, version = 'v61', headers = sdk, status, says, posted, logins = 0 } of cases) {
  t.test(`${version} with ${name}: JSON or a text on GET, a page on POST`, async t => {
    const metabase = await start(t, { version })
    Object.assign(metabase.settings, settings)
    const got = await ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers })
    t.match(got, typeof says === 'string' ? { status, text: says } : { status, json: says })
    t.equal(got.headers.has('content-type'), typeof says !== 'string')
    t.strictSame(logInError(await postJson(metabase, '/auth/sso', { jwt: annsJwt() }, headers)), posted)
    t.equal(metabase.logins, logins, 'only the embedding switches are looked at after the login')
  })
}

t.test('v50 shows what its JWT library says (metabase#14820)', async t => {
  const metabase = await start(t, { version: 'v50' })
  const { status, headers, json } = await ask(metabase, `/auth/sso?token=true&jwt=${sign({}, 'another')}`)
  t.match(headers.get('content-type'), /^application\/json/)
  t.match([status, json], [401, {
    message: 'Message seems corrupt or manipulated',
    cause: 'signature',
    trace: Array,
    data: {
      cause: 'signature', 'status-code': 401
    }
  }])
})

t.test('open source answers every method below /auth/sso with JSON', async t => {
  const metabase = await start(t)
  metabase.settings.edition = 'open-source'
  const body = { message: 'The auth/sso endpoint only exists in enterprise builds', status: 'ee-build-required' }
  const answers = [
    await ask(metabase, '/auth/sso', { headers: sdk }),
    await ask(metabase, `/auth/sso?jwt=${annsJwt()}`),
    await postJson(metabase, '/auth/sso', { jwt: annsJwt() }, sdk),
    await postJson(metabase, '/auth/sso/to_session', { jwt: annsJwt() }),
    await ask(metabase, '/auth/sso', { method: 'PUT' }),
    await ask(metabase, '/auth/sso/anything', { method: 'DELETE' })
  ]
  for (const { status, json } of answers) t.strictSame([status, json], [400, body])
  metabase.settings.hideStacktraces = true
  t.strictSame((await ask(metabase, '/auth/sso')).json, body)
  t.equal((await ask(metabase, '/api/health')).status, 200)
})

t.test('open source of v50 answers a GET with its app and a POST with 404', async t => {
  const metabase = await start(t, { version: 'v50' })
  metabase.settings.edition = 'open-source'
  t.match(await ask(metabase, `/auth/sso?token=true&jwt=${annsJwt()}`), { status: 200, text: /^<!doctype html>/ })
  t.match(await postJson(metabase, '/auth/sso', { jwt: annsJwt() }), { status: 404, text: 'Not found.' })
  t.equal(metabase.logins, 0)
})

t.test('hidden stack traces leave the status and texts, pages and named errors', async t => {
  const metabase = await start(t)
  const { settings } = metabase
  settings.hideStacktraces = true
  const hidden = ({ status, text }: Answer) => text === '{"message":"Something went wrong"}' && status
  const get = () => ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers: sdk })
  settings.sdkEmbedding = false
  t.equal(hidden(await get()), 402)
  settings.tenants = new Map([['acme', { active: true }]])
  t.equal(hidden(await ask(metabase, `/auth/sso?jwt=${annsJwt({ '@tenant': 'acme' })}`)), 403)
  t.equal(hidden(await postJson(metabase, '/auth/sso/to_session', { jwt: annsJwt({ '@tenant': 'acme' }) })), 403)
  t.equal(hidden(await ask(metabase, `/auth/sso?return_to=//x.example&jwt=${annsJwt()}`)), 400)
  t.equal((await ask(metabase, '/auth/sso?jwt=x')).text, 'Message seems corrupt or manipulated')
  t.match((await postJson(metabase, '/auth/sso/to_session', {})).json, { errors: { jwt: String } })
  settings.jwtSso = false
  t.equal(hidden(await get()), 400)
  t.strictSame(logInError(await postJson(metabase, '/auth/sso', { jwt: annsJwt() })), [400, off])
})
