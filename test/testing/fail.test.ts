import t from 'tap'
import { failureNames, foreignAnswerNames, refusalNames, transportFaultNames, type Failure } from '../../testing/index.js'
import { foreignAnswers } from '../../testing/failures.js'
import { refusals } from '../../testing/refusals.js'
import { annsJwt, clock } from './helpers/sign.js'
import { ask, postJson, sdk, start } from './helpers/stand-in.js'

t.test('the lists name each failure once', async t => {
  t.strictSame(failureNames, [...refusalNames, ...foreignAnswerNames, ...transportFaultNames])
  t.equal(new Set(failureNames).size, failureNames.length)
})

t.test('each refusal, and each answer of something else', async t => {
  const metabase = await start(t)
  const expectations = [
    ...refusalNames.map(name => [name, refusals[name].usual] as const),
    ...foreignAnswerNames.map(name => [name, foreignAnswers[name]] as const)
  ]
  for (const [name, expected] of expectations) {
    metabase.fail(name)
    const answer = await ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers: sdk })
    t.equal(answer.status, expected.status, name)
    t.equal(answer.headers.get('content-type')?.replace(' ', ''), expected.contentType)
    t.equal(answer.text, expected.body.replace(/<exp>|<nbf>/, String(clock)))
  }
  t.equal(metabase.logins, 0)
  metabase.fail(null)
  t.equal((await ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers: sdk })).json.status, 'ok')
})

t.test('on some requests only', async t => {
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

t.test('a number of times', async t => {
  const metabase = await start(t, { basePath: '/metabase' })
  metabase.fail('gateway-503', { on: 'discovery', times: 2 })
  const statuses = []
  for (let i = 0; i < 3; i++) {
    statuses.push((await ask(metabase, '/auth/sso', { headers: sdk })).status)
    t.equal((await ask(metabase, '/api/health')).status, 200)
  }
  t.strictSame(statuses, [503, 503, 200])
})

t.test('an unknown failure is refused at once', async t => {
  const metabase = await start(t)
  t.throws(() => metabase.fail('oops' as Failure), /^Unknown failure oops\. There are: sso-disabled, /)
})
