import t from 'tap'
import { asked, outcome, TO_SESSION } from '../helpers/exchange.js'
import { EMBEDDING_SECRET } from '../helpers/guest.js'
import { ANN, NAVIGATION, startHost } from '../helpers/host.js'
import { logOut } from '../helpers/logout.js'

const PUBLIC = 'https://bi.example.com/metabase'
const options = { publicUrl: new URL(`${PUBLIC}/`), logout: true }

t.test('browsers are sent to publicUrl, and the server asks instanceUrl', async t => {
  const { app, metabase, logIn } = await startHost(t, { options })
  const cookies = await logIn()
  const { headers } = await app.inject({ url: '/sso/metabase', cookies, headers: NAVIGATION })
  const location = new URL(String(headers.location))
  t.equal(location.origin + location.pathname, `${PUBLIC}/auth/sso`)
  t.equal(location.searchParams.get('return_to'), '/metabase/', 'home is the prefix of publicUrl')

  t.strictSame(outcome(await app.inject({ url: '/sso/metabase', cookies })), ['ok', 200])
  t.strictSame(asked(metabase), [TO_SESSION])
})

t.test('return_to is checked against publicUrl', async t => {
  const { app, metabase, logIn } = await startHost(t, { options })
  const cookies = await logIn()
  const go = async (returnTo: string) => await app.inject({
    url: `/sso/metabase?return_to=${encodeURIComponent(returnTo)}`, cookies, headers: NAVIGATION
  })
  for (const returnTo of [`${PUBLIC}/dashboard/1`, '/metabase/dashboard/1', 'dashboard/1']) {
    const location = new URL(String((await go(returnTo)).headers.location))
    t.equal(location.searchParams.get('return_to'), '/metabase/dashboard/1', returnTo)
  }
  const http = PUBLIC.replace('https:', 'http:')
  for (const returnTo of [`${metabase.url}/dashboard/1`, '/dashboard/1', `${http}/dashboard/1`]) {
    t.equal((await go(returnTo)).statusCode, 400, returnTo)
  }
})

t.test('logoutUrl is below publicUrl', async t => {
  const { app, logIn } = await startHost(t, { options })
  t.equal((await logOut(app, await logIn())).json().logoutUrl, `${PUBLIC}/auth/logout`)
})

t.test('ssoUrl and guestEmbedUrl are below publicUrl', async t => {
  const guest = { secret: EMBEDDING_SECRET, authorize: () => false as const }
  const { app } = await startHost(t, { options: { ...options, guest } })
  await app.ready()
  t.match((await app.metabaseSso.ssoUrl(ANN)).href, `${PUBLIC}/auth/sso?jwt=`)
  t.match((await app.metabaseSso.guestEmbedUrl({ resource: { dashboard: 1 } })).href, `${PUBLIC}/embed/dashboard/eyJ`)
})
