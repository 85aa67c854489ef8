import t from 'tap'
import { startDemo } from './demo-process.js'
import { Visitor } from '../helpers/visitor.js'

const demo = startDemo(t)
const item = { entityType: 'dashboard', entityId: 1 }

t.test('the demo shows a guest embed with the part that is this person\'s', async t => {
  const visitor = new Visitor(await demo.url)
  await visitor.submitForm('/login', 'bao.tran@example.com')
  const { instanceUrl, hasGuest } = await visitor.getJson('/demo/state')
  t.equal(hasGuest, true)

  const { jwt } = await visitor.postJson('/sso/metabase/guest', item)
  t.match((await visitor.openFrame(`${instanceUrl}/embed/dashboard/${jwt}`)).html, 'South')
  t.same(await visitor.postJson('/demo/shown', { jwt }), { shown: 'dashboard 1' })
  t.match(await visitor.getJson('/demo/receipts/guest'),
    {
      status: 200, claims: { params: { region: ['South'] } }, log: [{ message: 'issued a guest token for Metabase' }]
    })
})

t.test('the demo gives guests no other dashboard, and visitors none', async t => {
  const visitor = new Visitor(await demo.url)
  t.equal((await visitor.post('/sso/metabase/guest', item)).status, 401)
  await visitor.submitForm('/login')
  t.equal((await visitor.post('/sso/metabase/guest', { ...item, entityId: 2 })).status, 403)
})
