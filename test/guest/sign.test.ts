import t from 'tap'
import { visit } from '../helpers/browser.js'
import { payloadOf } from '../helpers/exchange.js'
import { EMBEDDING_SECRET, guestHost, shows } from '../helpers/guest.js'
import { standIn, startHost } from '../helpers/host.js'

t.test('signGuest makes tokens for rendered pages without asking authorize', async t => {
  const { app, metabase } = await guestHost(t, () => false)
  await app.ready()
  metabase.published.set('dashboard/7', { region: 'locked' })
  const jwt = await app.metabaseSso.signGuest({ resource: { dashboard: 7 }, params: { region: ['north'] } })
  t.match(await shows(metabase, 'dashboard', jwt), { id: 7, params: { region: ['north'] } })
  t.same(
    payloadOf(await app.metabaseSso.signGuest({ resource: { question: 1 } })).params,
    {},
    'params are always there: Metabase insists'
  )
})

t.test('an iframe shows the item, and looks as asked for', async t => {
  const metabase = await standIn(t, { embeddingSecret: EMBEDDING_SECRET, basePath: '/bi' })
  const { app } = await startHost(
    t, { options: { instanceUrl: metabase.url, guest: { secret: EMBEDDING_SECRET, authorize: () => false } } }
  )
  await app.ready()
  const url = await app.metabaseSso.guestEmbedUrl({ resource: { question: 1 } }, {
    bordered: true, titled: false, theme: undefined, font: 'Open Sans', hide_parameters: ['region', 'a&b'], refresh: 60
  })
  t.match(url.href, /\/bi\/embed\/question\/eyJ/)
  t.equal(url.hash, '#bordered=true&titled=false&font=Open%20Sans&hide_parameters=region%2Ca%26b&refresh=60')
  t.match((await visit(url.href)).page, 'question 1 for {}')
  const { pathname, hash } = await app.metabaseSso.guestEmbedUrl({ resource: { dashboard: 1 } })
  t.match(pathname, /^\/bi\/embed\/dashboard\/eyJ/)
  t.equal(hash, '')
})

t.test('a resource that is none is refused before it is signed', async t => {
  const { app } = await guestHost(t)
  await app.ready()
  const { metabaseSso } = app
  for (const resource of [
    undefined,
    null,
    {},
    { dashboard: '1' },
    { dashboard: 1, question: 1 },
    { collection: 1 },
    { dashboard: Number.NaN },
    'dashboard'
  ]) {
    await t.rejects(
      metabaseSso.signGuest({ resource: resource as { dashboard: number } }),
      { code: 'METABASE_SSO_GUEST_RESOURCE_INVALID' }
    )
    await t.rejects(
      metabaseSso.guestEmbedUrl({ resource: resource as { dashboard: number } }),
      { code: 'METABASE_SSO_GUEST_RESOURCE_INVALID' }
    )
  }
  await t.rejects(metabaseSso.signGuest(undefined as never), { code: 'METABASE_SSO_GUEST_RESOURCE_INVALID' })
  const bare = { dashboard: 12 } as never
  const message = (call: string) => `"resource" is missing: write ${call}({ resource: { dashboard: 7 } })`
  await t.rejects(metabaseSso.signGuest(bare), { message: message('signGuest') })
  await t.rejects(metabaseSso.guestEmbedUrl(bare), { message: message('guestEmbedUrl') })
  await t.rejects(
    metabaseSso.signGuest({ resource: {} as never }), { message: /^"resource" is neither \{ dashboard: id \} nor / }
  )
  await t.rejects(
    metabaseSso.signGuest({ resource: { dashboard: 1 }, params: { region: Number.NaN } }),
    { code: 'METABASE_SSO_GUEST_PARAMS_INVALID' }
  )
})

t.test('without the option they say so', async t => {
  const { app } = await startHost(t)
  await app.ready()
  const expected = { code: 'METABASE_SSO_OPTION_OFF', message: 'a guest embed requires the option "guest"' }
  await t.rejects(app.metabaseSso.signGuest({ resource: { dashboard: 1 } }), expected)
  await t.rejects(app.metabaseSso.guestEmbedUrl({ resource: { dashboard: 1 } }), expected)
})
