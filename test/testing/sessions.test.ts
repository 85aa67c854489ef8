import t from 'tap'
import type { MetabaseStandIn } from '../../testing/index.js'
import { annsJwt } from './helpers/sign.js'
import { annsSession, ask, start } from './helpers/stand-in.js'

const current = (metabase: MetabaseStandIn, headers: Record<string, string> = {}) =>
  ask(metabase, '/api/user/current', { headers })

t.test('/api/user/current tells the user, by header or by cookie', async t => {
  const metabase = await start(t)
  const headers = await annsSession(metabase)
  const expected = {
    id: 1, email: 'ann@example.com', common_name: 'ann@example.com', first_name: null, groups: [], jwt_attributes: {}
  }
  t.match((await current(metabase, headers)).json, expected)
  t.match(
    (await current(metabase, { cookie: `a=b; metabase.SESSION=${headers['x-metabase-session']}; c=d` })).json, expected
  )
  await ask(metabase, `/auth/sso?jwt=${annsJwt({ first_name: 'Ann', last_name: 'Lee' })}`)
  t.equal((await current(metabase, headers)).json.common_name, 'Ann Lee')
})

t.test('/api/user/current refuses unknown sessions and users that are gone', async t => {
  const metabase = await start(t)
  const headers = await annsSession(metabase)
  const strangers: Array<Record<string, string>> = [
    {}, { 'x-metabase-session': 'made up' }, { cookie: 'metabase.SESSION=' }
  ]
  for (const headers of strangers) {
    t.match(await current(metabase, headers), { status: 401, text: 'Unauthenticated' })
  }
  Object.assign(metabase.users.get('ann@example.com') ?? {}, { active: false })
  t.equal((await current(metabase, headers)).status, 401, 'deactivated')
  metabase.users.clear()
  t.equal((await current(metabase, headers)).status, 401, 'deleted')
})

t.test('DELETE ends a session once', async t => {
  const metabase = await start(t)
  const headers = await annsSession(metabase)
  const end = () => ask(metabase, '/api/session', { method: 'DELETE', headers })
  const ended = await end()
  t.match(ended, { status: 204, text: '' })
  t.equal(ended.headers.get('content-type'), 'application/json; charset=utf-8')
  t.equal(metabase.sessions.size, 0)
  t.equal((await current(metabase, headers)).status, 401)
  for (const unknown of [headers, {}, { 'x-metabase-session': 'made up' }]) {
    const answer = await ask(metabase, '/api/session', { method: 'DELETE', headers: { ...unknown } })
    t.match(answer, { status: 404, text: 'Not found.' })
    t.match(answer.headers.get('content-type'), /^text\/plain/)
  }
})

t.test('full-app embedding bounces, signs in, shows a page, signs out', async t => {
  const metabase = await start(t)
  const bounced = await ask(metabase, '/dashboard/1?a=b')
  t.equal(bounced.status, 302)
  t.equal(bounced.headers.get('location'), '/auth/sso?redirect=%2Fdashboard%2F1%3Fa%3Db')
  const sent = await ask(metabase, String(bounced.headers.get('location')))
  t.equal(sent.headers.get('location'), `${metabase.identityProviderUri}?return_to=/dashboard/1?a=b`)

  const signedIn = await ask(
    metabase, `/auth/sso?return_to=/dashboard/1&jwt=${annsJwt({ email: '<b>"&\'@example.com' })}`
  )
  const cookie = String(signedIn.headers.get('set-cookie')).replace(/;.*/, '')
  const page = await ask(metabase, String(signedIn.headers.get('location')), { headers: { cookie } })
  t.match(page.headers.get('content-type'), 'text/html')
  t.match(page.text, '/dashboard/1 as seen by &#60;b&#62;&#34;&#38;&#39;@example.com')

  const signedOut = await ask(metabase, '/auth/logout', { headers: { cookie } })
  t.equal(signedOut.status, 200)
  t.match(signedOut.headers.get('set-cookie'), /^metabase\.SESSION=; Path=\/; Max-Age=0/)
  t.equal((await ask(metabase, '/dashboard/1', { headers: { cookie } })).status, 302)
  t.equal((await ask(metabase, '/auth/logout')).status, 200, 'without a session, too')
})

t.test('unknown paths and methods are not found', async t => {
  const metabase = await start(t)
  t.equal((await ask(metabase, '/api/card')).status, 404)
  t.equal((await ask(metabase, '/elsewhere', { method: 'POST' })).status, 404)
  t.equal((await ask(metabase, '/auth/sso', { method: 'HEAD' })).status, 404)
})

t.test('/api/health tells when the instance is up; the rest of /api waits', async t => {
  const metabase = await start(t, { basePath: '/metabase' })
  t.strictSame((await ask(metabase, '/api/health')).json, { status: 'ok' })
  metabase.settings.starting = true
  t.match(await ask(metabase, '/api/health'), { status: 503, json: { status: 'initializing', progress: Number } })
  t.match(await ask(metabase, '/api/session/properties'), { status: 503, text: /^Metabase is still initializing/ })
  t.equal((await ask(metabase, '/auth/logout')).status, 200)
})
