import t from 'tap'
import { askAsEmbedJs, guestHost } from '../helpers/guest.js'

const item = { entityType: 'dashboard', entityId: 1 } as const

// What embed.js makes of `custom-context="42"`, `custom-context`, `custom-context="[1]"` and so on.
const contexts: unknown[] = [
  42, 0, -1.5, true, false, '', 'tab-2', ' ', [1], [], { a: 1 }, {}, { tab: 2, deep: { er: [null] } }, null
]
for (const customContext of contexts) {
  t.test(`a context of ${JSON.stringify(customContext)} reaches authorize as it is`, async t => {
    const seen: unknown[] = []
    const { app, logIn } = await guestHost(t, (_user, item) => { seen.push(item); return {} })
    const response = await askAsEmbedJs(app, { ...item, customContext }, await logIn())
    t.equal(response.statusCode, 200)
    t.strictSame(seen, [{ ...item, customContext }])
  })
}

t.test('without a context there is no such key', async t => {
  const seen: unknown[] = []
  const { app, logIn } = await guestHost(t, (_user, item) => { seen.push(item); return {} })
  await askAsEmbedJs(app, item, await logIn())
  t.strictSame(seen, [item])
})

t.test('unknown keys of the body are ignored, and authorize does not see them', async t => {
  const seen: unknown[] = []
  const { app, logIn } = await guestHost(t, (_user, item) => { seen.push(item); return {} })
  const body = { ...item, params: { region: 'all' }, resource: { dashboard: 2 }, later: true }
  t.equal((await askAsEmbedJs(app, body, await logIn())).statusCode, 200)
  t.strictSame(seen, [item])
})

t.test('authorize gets a copy: what it does to the item does not change what is signed', async t => {
  const { app, logIn } = await guestHost(t, (_user, item) => {
    Object.assign(item, { entityType: 'question', entityId: 99 })
    return {}
  })
  const { jwt } = (await askAsEmbedJs(app, item, await logIn())).json()
  const { resource } = JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString())
  t.strictSame(resource, { dashboard: 1 })
})
