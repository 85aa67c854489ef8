import t from 'tap'
import { startDemo } from './demo-process.js'
import { Visitor } from '../helpers/visitor.js'

const demo = startDemo(t)

async function visitorWithSession (): Promise<{ visitor: Visitor, session: string }> {
  const visitor = new Visitor(await demo.url)
  await visitor.submitForm('/login')
  const { id: session } = await visitor.getJson('/sso/metabase')
  return { visitor, session }
}

const over = { problem: 'Metabase answers 401: Unauthenticated' }

t.test('the log-out of the demo ends the session at Metabase, and the page can show it', async t => {
  const { visitor, session } = await visitorWithSession()
  const { instanceUrl } = await visitor.getJson('/demo/state')
  t.same(
    await visitor.postJson('/sso/metabase/logout', {}),
    { ended: 1, remaining: 0, logoutUrl: `${instanceUrl}/auth/logout` }
  )
  t.match(await visitor.getJson('/demo/receipts/logout'), { status: 200, log: [{ message: 'signed out of Metabase' }] })
  t.same(await visitor.postJson('/demo/who', { session }), over)
})

for (const [way, action, email] of [
  ['signing out', '/logout', undefined],
  ['switching to another person', '/login', 'bao.tran@example.com']
] as const) {
  t.test(`${way} by the form of the demo ends the session at Metabase, too`, async t => {
    const { visitor, session } = await visitorWithSession()
    t.match(await visitor.postJson('/demo/who', { session }), { user: { name: 'Ann Lee' } })
    t.equal((await visitor.submitForm(action, email)).status, 303)
    t.same(await visitor.postJson('/demo/who', { session }), over)
  })
}
