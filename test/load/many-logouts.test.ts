import t from 'tap'
import { lightHost } from '../helpers/exchange.js'
import { ANN, standIn } from '../helpers/host.js'
import { until } from '../helpers/until.js'
import { logoutHost } from './logout-host.js'

const LOGOUTS = 100
const SESSIONS = 1500
/** Half of the connections that there are by default. */
const AT_ONCE = 32
/** Of 200 ms each, in the seven seconds that a logout has. */
const ROUNDS = 35

t.test(`the route signs others in during ${LOGOUTS} logouts of ${SESSIONS} sessions each`, async t => {
  const { app, userWith, signIn, answer, timeOut, underWay, deletions, mostDeletions, downs } = await logoutHost(t)
  const leavers = await Promise.all(Array.from({ length: LOGOUTS }, async () => await userWith(SESSIONS)))
  const reports = Promise.all(leavers.map(async logOut => await logOut()))
  await until(() => underWay() === LOGOUTS)
  const single = (await userWith(1))()
  for (let round = 0; round < ROUNDS; round++) {
    await until(() => deletions() === AT_ONCE)
    t.equal(await signIn(), 'ok')
    t.equal((await app.inject('/other')).body, 'fine')
    await answer(AT_ONCE)
  }
  t.match(await single, { ended: 1, remaining: 0 }, 'a user with one session is not behind 150,000 others')

  await until(() => deletions() === AT_ONCE)
  timeOut()
  const outcomes = await Promise.all(Array.from({ length: 20 }, signIn))
  t.strictSame(outcomes, Array(20).fill('ok'), 'as all logouts end with their time')
  const ended = (await reports).map(({ ended }) => ended)
  t.equal(ended.reduce((sum, count) => sum + count), ROUNDS * AT_ONCE - 1)
  t.ok(Math.max(...ended) - Math.min(...ended) <= 4, 'each as many as any other')
  t.ok((await reports).every(({ remaining }) => remaining > 0))
  t.equal(mostDeletions(), AT_ONCE)
  t.equal(await signIn(), 'ok')
  t.equal(downs(), 0)
})

t.test('the route signs 8 of 8 others in while one user signs out of 400 sessions', async t => {
  const { userWith, signIn, answer, timeOut, pass, deletions, downs } = await logoutHost(t)
  const logOut = await userWith(400)
  for (let i = 0; i < 12; i++) {
    const report = logOut()
    await answer(4)
    await answer(4)
    await until(() => deletions() === 4)
    pass(200)
    timeOut()
    t.match(await report, { ended: 8 })
  }
  for (let i = 0; i < 8; i++) t.equal(await signIn(), 'ok')
  t.equal(downs(), 0)
})

t.test('a logout of 300 sessions does not keep a session of another user from its end', async t => {
  const { userWith, answer, deletions } = await logoutHost(t)
  const [many, one] = [await userWith(300), await userWith(1)]
  const ofMany = many()
  await until(() => deletions() === 4)
  const ofOne = one()
  await until(() => deletions() === 5)
  await answer(5)
  t.match(await ofOne, { ended: 1, remaining: 0 })
  for (let ended = 4; ended < 300; ended += 4) await answer(4)
  t.match(await ofMany, { ended: 300, remaining: 0 })
})

t.test('the plugin ends a session where it has one connection', async t => {
  const metabase = await standIn(t)
  const { metabaseSso } = await lightHost(t, metabase, { connections: 1 })
  await metabaseSso.revoke((await metabaseSso.exchange(ANN)).id)
  t.equal(metabase.sessions.size, 0)
})
