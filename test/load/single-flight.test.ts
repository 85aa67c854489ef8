import t from 'tap'
import { Cancellation } from '../../lib/metabase/deadline.js'
import { createSingleFlight } from '../../lib/sessions/single-flight.js'
import { outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import { until } from '../helpers/until.js'

t.test('requests of one user session that come together share one exchange', async t => {
  const { app, metabase, logIn } = await startHost(t)
  const [ann, other] = [await logIn(), await logIn()]
  const responses = await Promise.all([ann, ann, ann, other, other].map(async cookies => await app.inject({ url: '/sso/metabase', cookies })))
  t.strictSame(responses.map(outcome), Array(5).fill(['ok', 200]))
  const ids = responses.map(response => response.json().id)
  t.strictSame([new Set(ids.slice(0, 3)).size, new Set(ids.slice(3)).size, new Set(ids).size], [1, 1, 2])
  t.equal(metabase.logins, 2)

  await app.inject({ url: '/sso/metabase', cookies: ann })
  t.equal(metabase.logins, 3, 'who comes later has an exchange of their own')
})

t.test('other claims are another exchange', async t => {
  let calls = 0
  const { app, metabase, logIn } = await startHost(t, { options: { mapUserToClaims: ({ email }) => ({ email, visit: ++calls }) } })
  const cookies = await logIn()
  await Promise.all([1, 2].map(async () => await app.inject({ url: '/sso/metabase', cookies })))
  t.equal(metabase.logins, 2)
})

t.test('bearers of one token share, those of different tokens and those whom nothing tells apart do not', async t => {
  const { app, metabase } = await startHost(t, { options: { getUser: () => ({ email: 'ann@example.com' }) }, session: { cookie: { secure: false, path: '/elsewhere' } } })
  const ask = async (authorization?: string) => await app.inject({ url: '/sso/metabase', headers: authorization === undefined ? {} : { authorization } })
  await Promise.all(['Bearer one', 'Bearer one', 'Bearer two'].map(ask))
  t.equal(metabase.logins, 2)
  await Promise.all([ask(), ask()])
  t.equal(metabase.logins, 4)
})

t.test('an exchange that fails fails for all who share it, and is not kept', async t => {
  const { app, metabase, logIn } = await startHost(t)
  const cookies = await logIn()
  metabase.fail('sso-disabled', { times: 1 })
  const ask = async () => outcome(await app.inject({ url: '/sso/metabase', cookies }))
  t.strictSame(await Promise.all([ask(), ask()]), Array(2).fill(['METABASE_SSO_SSO_DISABLED', 502]))
  t.strictSame(await ask(), ['ok', 200])
})

t.test('what the host asks for itself is never shared', async t => {
  const { app, metabase } = await startHost(t)
  app.get('/own', async request => await app.metabaseSso.exchange({ email: 'ann@example.com' }, request))
  await Promise.all([1, 2].map(async () => await app.inject('/own')))
  t.equal(metabase.logins, 2)
})

t.test('a call goes on while one of those who wait is there, and is aborted when the last has gone', async t => {
  const share = createSingleFlight<string>()
  const [one, two] = [new Cancellation(), new Cancellation()]
  const aborted: string[] = []
  const run = (name: string) => async (gone: Cancellation) => await new Promise<string>((_resolve, reject) => {
    gone.onCancel(() => { aborted.push(name); reject(new Error(name)) })
  })
  const waiting = Promise.allSettled([share('visitor', {}, one, run('first')), share('visitor', {}, two, run('never run'))])
  one.cancel()
  t.strictSame(aborted, [])
  two.cancel()
  t.strictSame(aborted, ['first'])
  const three = new Cancellation()
  const later = share('visitor', {}, three, run('later'))
  t.match(await waiting, [{ status: 'rejected', reason: { message: 'first' } }, { status: 'rejected' }])
  three.cancel()
  await t.rejects(later, { message: 'later' }, 'who comes after the abort has a call of their own')
})

t.test('who loses a group while a sign-in is under way, and comes again, does not share it', async t => {
  const teams = ['Analysts', 'Administrators']
  const { app, metabase, logIn } = await startHost(t, { options: { mapUserToClaims: ({ email }) => ({ email, groups: teams }) } })
  const cookies = await logIn()
  const ask = async () => await app.inject({ url: '/sso/metabase', cookies })
  const first = ask()
  await until(() => metabase.requests.length > 0)
  teams.pop()
  await Promise.all([first, ask()])
  t.equal(metabase.logins, 2)
})

t.test('bearers share with sessions about, too: theirs are new each time, and nobody keeps them', async t => {
  const { app, metabase } = await startHost(t, { options: { getUser: () => ({ email: 'ann@example.com' }) } })
  await Promise.all([1, 2, 3].map(async () => await app.inject({ url: '/sso/metabase', headers: { authorization: 'Bearer of Ann' } })))
  t.equal(metabase.logins, 1)
})
