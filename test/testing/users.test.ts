import t from 'tap'
import type { MetabaseUser } from '../../testing/index.js'
import { annsJwt } from './helpers/sign.js'
import { start, trade } from './helpers/stand-in.js'

const bob: MetabaseUser = {
  id: 7, email: 'Bob@example.com', first_name: 'Bob', last_name: null, groups: ['sales'], attributes: { old: '1' }, tenant: null, active: true
}

t.test('an unknown user gets an account', async t => {
  const metabase = await start(t)
  await trade(metabase, annsJwt({ email: 'Ann@Example.com', first_name: 'Ann', last_name: 'Lee', groups: ['a', 'b'], plan: 'pro' }))
  t.strictSame([...metabase.users], [['ann@example.com', {
    id: 1, email: 'Ann@Example.com', first_name: 'Ann', last_name: 'Lee', groups: ['a', 'b'], attributes: { plan: 'pro' }, tenant: null, active: true
  }]])
})

t.test('a known one is found without regard to case, and updated', async t => {
  const metabase = await start(t)
  metabase.users.set('bob@example.com', { ...bob })
  await trade(metabase, annsJwt({ email: 'BOB@example.com', last_name: 'Ray' }))
  t.strictSame([...metabase.users.values()], [{ ...bob, last_name: 'Ray', attributes: {} }])
  t.strictSame([...metabase.sessions.values()].map(({ email }) => email), ['Bob@example.com'])
})

t.test('a deactivated one is reactivated', async t => {
  const metabase = await start(t)
  metabase.users.set('bob@example.com', { ...bob, active: false })
  t.equal((await trade(metabase, annsJwt({ email: 'bob@example.com' }))).status, 200)
  t.equal(metabase.users.get('bob@example.com')?.active, true)
})

t.test('without provisioning only known, active users get in', async t => {
  const metabase = await start(t)
  metabase.settings.userProvisioning = false
  metabase.users.set('bob@example.com', { ...bob })
  metabase.users.set('gone@example.com', { ...bob, active: false })
  t.equal((await trade(metabase, annsJwt({ email: 'bob@example.com' }))).status, 200)
  for (const email of ['gone@example.com', 'new@example.com']) {
    const answer = await trade(metabase, annsJwt({ email }))
    t.equal(answer.status, 401)
    t.match(answer.text, /^Sorry, but you'll need a metabase account/)
  }
  metabase.settings.olderAnswers = true
  t.equal((await trade(metabase, annsJwt({ email: 'new@example.com' }))).status, 500)
  t.equal(metabase.logins, 1)
})
