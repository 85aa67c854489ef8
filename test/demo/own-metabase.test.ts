import t from 'tap'
import { startMetabase } from '../../testing/index.js'
import { startDemo } from './demo-process.js'
import { syncGroups } from '../helpers/groups.js'
import { Visitor } from '../helpers/visitor.js'

const SECRET = 'f00dfacef00dfacef00dfacef00dfacef00dfacef00dfacef00dfacef00dface'

t.test('it talks to the Metabase that the environment names', async t => {
  const metabase = await startMetabase({ secret: SECRET, basePath: '/analytics' })
  t.teardown(() => metabase.close())
  syncGroups(metabase, 'Support', 'Editors')
  const demo = startDemo(t, { METABASE_INSTANCE_URL: `${metabase.url}/`, METABASE_JWT_SHARED_SECRET: SECRET })
  const visitor = new Visitor(await demo.url)
  t.match(demo.output(), `signs sample people in to ${metabase.url}\n`)

  const state = await visitor.getJson('/demo/state')
  t.match(state, { instanceUrl: metabase.url, standIn: null, signedIn: null, hasGuest: false })
  t.equal((await visitor.post('/demo/switches', { wrongSecret: true })).status, 404, 'nothing to switch')

  await visitor.submitForm('/login', 'bao.tran@example.com')
  const { id: session } = await visitor.getJson('/sso/metabase')
  t.match(await visitor.postJson('/demo/who', { session }), { user: { name: 'Bao Tran' } })
  t.match(metabase.users.get('bao.tran@example.com'), { groups: ['Support', 'Editors'] })
  t.match(await visitor.postJson('/demo/who', {}), { note: String }, 'a cookie of another site is not seen')

  const { checks } = await visitor.getJson('/demo/diagnosis')
  t.match(
    checks.filter(({ status }: { status: string }) => status === 'fail'),
    [{ id: 'cors', detail: new RegExp(`^${visitor.origin};`) }], 'the page is not listed there'
  )
})

t.test('with the embedding secret key it shows a guest embed of that Metabase', async t => {
  const metabase = await startMetabase({ secret: SECRET })
  t.teardown(() => metabase.close())
  metabase.published.set('dashboard/1', { region: 'locked' })
  const visitor = new Visitor(await startDemo(t, {
    METABASE_INSTANCE_URL: metabase.url,
    METABASE_JWT_SHARED_SECRET: SECRET,
    METABASE_EMBEDDING_SECRET_KEY: metabase.embeddingSecret
  }).url)
  t.match(await visitor.getJson('/demo/state'), { hasGuest: true })
  await visitor.submitForm('/login')
  const { jwt } = await visitor.postJson('/sso/metabase/guest', { entityType: 'dashboard', entityId: 1 })
  t.same(await visitor.postJson('/demo/shown', { jwt }), { shown: 'dashboard 1' })
})

t.test('a secret that cannot be right ends it with a sentence', async t => {
  const demo = startDemo(
    t, { METABASE_INSTANCE_URL: 'https://metabase.example.com', METABASE_JWT_SHARED_SECRET: `${SECRET}\n` }
  )
  t.same(await demo.exited, [1, null])
  t.match(
    demo.output(),
    /^fastify-metabase-sso: option "secret" begins or ends with white space: a line break or space was pasted along\..*\n$/
  )
})

t.test('one variable without the other ends it with a sentence', async t => {
  const demo = startDemo(t, { METABASE_INSTANCE_URL: 'https://metabase.example.com' })
  t.same(await demo.exited, [1, null])
  t.match(demo.output(), /^Set METABASE_INSTANCE_URL and METABASE_JWT_SHARED_SECRET both, or neither\n$/)
})
