import fc from 'fast-check'
import t from 'tap'
import { askAsEmbedJs, guestHost, shows } from '../helpers/guest.js'

const entityType = fc.constantFrom('dashboard', 'question')
const entityId = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom('a'.repeat(21), 'b'.repeat(21)))

t.test('the route gives tokens for what authorize grants, and 403 for all else', async t => {
  let granted = ''
  const { app, metabase, logIn } = await guestHost(t, (_user, { entityType, entityId }) =>
    `${entityType} ${entityId}` === granted ? {} : false)
  const cookies = await logIn()
  let tokens = 0
  const items = [entityType, entityId, fc.boolean(), entityType, entityId] as const
  await fc.assert(fc.asyncProperty(...items, async (type, id, asksForGranted, otherType, otherId) => {
    granted = asksForGranted ? `${type} ${id}` : `${otherType} ${otherId}`
    metabase.published.set(`${type}/${id}`, {})
    const response = await askAsEmbedJs(app, { entityType: type, entityId: id }, cookies)
    if (`${type} ${id}` !== granted) return response.statusCode === 403 && !response.body.includes('eyJ')
    tokens++
    const { id: shown } = await shows(metabase, type as 'dashboard', response.json().jwt) as { id: unknown }
    return response.statusCode === 200 && shown === id
  }), { numRuns: 300 })
  t.ok(tokens > 50, `${tokens} of 300 were granted`)
})

t.test('the route answers any JSON without a 500, and with a token for one item only', async t => {
  const { app, logIn } = await guestHost(t, (_user, { entityType, entityId }) =>
    entityType === 'dashboard' && entityId === 1 ? {} : false)
  const cookies = await logIn()
  const body = fc.oneof(fc.jsonValue(), fc.record({
    entityType: fc.oneof(entityType, fc.jsonValue()),
    entityId: fc.oneof(entityId, fc.jsonValue()),
    customContext: fc.jsonValue()
  }, { requiredKeys: [] }))
  await fc.assert(fc.asyncProperty(body, async body => {
    const response = await askAsEmbedJs(app, body, cookies)
    const { entityType, entityId } = Object(body) as Record<string, unknown>
    const mayHaveOne = entityType === 'dashboard' && entityId === 1
    return [400, 403].includes(
      response.statusCode
    )
      ? !response.body.includes('eyJ')
      : response.statusCode === 200 && mayHaveOne
  }), { numRuns: 500 })
  t.pass('500 bodies')
})
