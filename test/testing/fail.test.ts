import t from 'tap'
import {
  failureNames, foreignAnswerNames, refusalNames, transportFaultNames, type Failure
} from '../../testing/index.js'
import { foreignAnswers } from '../../testing/failures/failures.js'
import type { Answer } from '../../testing/answer.js'
import { annsJwt, clock } from './helpers/sign.js'
import { ask, logInError, postJson, sdk, start } from './helpers/stand-in.js'

t.test('the lists name each failure once', async t => {
  t.strictSame(failureNames, [...refusalNames, ...foreignAnswerNames, ...transportFaultNames])
  t.equal(new Set(failureNames).size, failureNames.length)
})

t.test('fail() lets each request meet a refusal, on v61', async t => {
  const metabase = await start(t)
  const account = 'Sorry, but you\'ll need a metabase account to view this page. Please contact your administrator.'
  const expected: Record<string, [status: number, text: string] | [status: number, json: object]> = {
    'sso-disabled': [400, { status: 'error-sso-disabled', message: 'SSO has not been enabled and/or configured' }],
    'open-source': [
      400, { message: 'The auth/sso endpoint only exists in enterprise builds', status: 'ee-build-required' }
    ],
    'sdk-embedding-disabled': [402, {
      status: 'error-embedding-sdk-disabled',
      message: 'Embedding SDK for React is disabled. Enable it in the embedding settings.'
    }],
    'simple-embedding-disabled': [402, {
      status: 'error-embedding-simple-disabled',
      message: 'You need to turn on modular embedding in the embedding settings.'
    }],
    'wrong-secret': [401, 'Message seems corrupt or manipulated'],
    'token-too-old': [401, 'Token is older than max-age (180)'],
    'token-expired': [401, `Token is expired (${clock})`],
    'token-not-yet-valid': [401, `Token is not yet valid (${clock})`],
    'time-not-a-number': [401, 'class java.lang.String cannot be cast to class java.lang.Number'],
    'account-needed': [401, account],
    'missing-email': [401, 'JWT token missing email claim'],
    'tenant-not-a-string': [401, 'Value of `@tenant` must be a string'],
    'tenant-on-internal-user': [403, { message: 'Cannot add tenant claim to internal user', via: Array, trace: Array }],
    'tenant-required': [403, { message: 'Tenant claim required for external user' }],
    'tenant-mismatch': [403, { message: 'Tenant ID mismatch with existing user' }],
    'tenant-inactive': [403, { message: 'Tenant is not active' }],
    'tenant-info-mismatch': [403, { message: 'Tenant info mismatch' }],
    'tenants-disabled': [403, 'Tenants and tenant users are disabled.'],
    'tenant-group-mismatch': [400, { message: 'Cannot add non-tenant user to tenant-group or vice versa' }],
    'invalid-redirect': [400, { message: 'Invalid redirect URL' }],
    'ambiguous-path': [400, { message: 'Ambiguous URI path separator', url: /^\/auth\/sso/, status: '400' }],
    'post-not-valid': [501, { status: 'error-post-jwt-not-valid', message: 'POST not valid for JWT SSO requests' }],
    'body-too-large': [413, 'Request body exceeds the maximum size of 1048576 bytes.'],
    'saml-refused': [401, 'Unable to log in: SAML response validation failed'],
    'jwt-disabled': [400, 'JWT authentication is not enabled'],
    'jwt-missing': [400, { errors: { jwt: 'value must be a non-blank string.' }, 'specific-errors': { jwt: Array } }]
  }
  t.strictSame(refusalNames, Object.keys(expected))
  for (const name of refusalNames) {
    metabase.fail(name)
    const answer = await ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers: sdk })
    const [status, body] = expected[name] ?? []
    t.equal(answer.status, status, name)
    t.match(
      answer.headers.get('content-type'), typeof body === 'string' ? null : /^application\/json/, `${name}: its type`
    )
    if (typeof body === 'string') t.equal(answer.text, body, name)
    else t.match(answer.json, body, name)
  }
  metabase.fail('missing-email')
  t.strictSame(
    logInError(await postJson(metabase, '/auth/sso', { jwt: annsJwt() })), [401, 'JWT token missing email claim']
  )
  metabase.fail('body-too-large')
  t.match(await postJson(metabase, '/auth/sso', { jwt: annsJwt() }), { status: 413, text: /^Request body exceeds/ })
  t.equal(metabase.logins, 0)
})

t.test('fail() lets each request meet what is no Metabase', async t => {
  const metabase = await start(t)
  for (const name of foreignAnswerNames) {
    const { status, contentType, headers = {}, body }: Answer = foreignAnswers[name]
    metabase.fail(name)
    const answer = await ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers: sdk })
    t.strictSame([answer.status, answer.text], [status, body], name)
    t.equal(answer.headers.get('content-type')?.replace(' ', ''), contentType)
    for (const [header, value] of Object.entries(headers)) t.equal(answer.headers.get(header), value, header)
  }
  t.match(Object.entries(foreignAnswers).map(([name, { status }]) => [name, status]), [
    ['gateway-404-page', 404], ['gateway-404-text', 404], ['gateway-404-json', 404], ['gateway-405-page', 405],
    ['gateway-502', 502], ['gateway-503', 503], ['gateway-504', 504], ['gateway-520', 520], ['login-redirect', 302],
    ['basic-auth-401', 401], ['waf-403-page', 403], ['payload-413', 413], ['uri-414', 414], ['rate-limit-429', 429],
    ['headers-431', 431], ['maintenance-200', 200], ['html-200', 200], ['unlisted', 418]
  ])
  metabase.fail('rate-limit-429')
  t.equal((await ask(metabase, '/auth/sso')).headers.get('retry-after'), '7')
  metabase.fail('login-redirect')
  t.match((await ask(metabase, '/auth/sso')).headers.get('location'), /^https:\/\/login\.example\.com\/start\?rd=/)
  t.equal(metabase.logins, 0)
  metabase.fail(null)
  t.equal((await ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers: sdk })).json.status, 'ok')
})

t.test('fail() takes some requests only', async t => {
  const metabase = await start(t)
  const statuses = async () => [
    (await ask(metabase, '/auth/sso', { headers: sdk })).status,
    (await ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers: sdk })).status,
    (await postJson(metabase, '/auth/sso', { jwt: annsJwt() }, sdk)).status,
    (await postJson(metabase, '/auth/sso/to_session', { jwt: annsJwt() })).status,
    (await ask(metabase, '/api/health')).status
  ]
  metabase.fail('unlisted', { on: 'jwt' })
  t.strictSame(await statuses(), [200, 418, 418, 418, 200])
  metabase.fail('unlisted', { on: 'discovery' })
  t.strictSame(await statuses(), [418, 200, 200, 200, 200])
  metabase.fail('unlisted')
  t.strictSame(await statuses(), [418, 418, 418, 418, 418])
})

t.test('fail() lets a refusal of a sign-in meet no other request', async t => {
  const metabase = await start(t)
  metabase.fail('sso-disabled', { times: 1 })
  t.equal((await ask(metabase, '/api/session/properties')).status, 200)
  t.equal((await ask(metabase, '/auth/sso', { headers: sdk })).status, 400, 'which is the first that counts')
  t.equal((await ask(metabase, '/auth/sso', { headers: sdk })).status, 200)
})

t.test('fail() ends after a number of requests', async t => {
  const metabase = await start(t, { basePath: '/metabase' })
  metabase.fail('gateway-503', { on: 'discovery', times: 2 })
  const statuses = []
  for (let i = 0; i < 3; i++) {
    statuses.push((await ask(metabase, '/auth/sso', { headers: sdk })).status)
    t.equal((await ask(metabase, '/api/health')).status, 200)
  }
  t.strictSame(statuses, [503, 503, 200])
})

t.test('fail() refuses an unknown name at once', async t => {
  const metabase = await start(t)
  t.throws(() => metabase.fail('oops' as Failure), /^Unknown failure oops\. There are: sso-disabled, /)
})
