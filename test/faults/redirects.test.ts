import t from 'tap'
import { lightHost, outcome } from '../helpers/exchange.js'
import { discovered, ownMetabase, signedIn, traded, type Reply } from '../helpers/own-metabase.js'

const REDIRECTED = ['METABASE_SSO_REDIRECTED', 502]
const redirect = (status: number, location: string): Reply =>
  response => { response.writeHead(status, { location }).end() }

for (const status of [301, 302, 303, 307, 308]) {
  t.test(`a redirect (${status}) in answer to a JWT is not followed`, async t => {
    const elsewhere = await ownMetabase(t, { to_session: traded, post: signedIn, get: signedIn, other: signedIn })
    const own = await ownMetabase(t, { to_session: redirect(status, `${elsewhere.url}/auth/sso/to_session`) })
    const app = await lightHost(t, own)

    t.strictSame(outcome(await app.inject('/sso/metabase')), REDIRECTED)
    t.strictSame(own.steps, ['to_session'])
    t.strictSame(elsewhere.steps, [])
  })

  t.test(`discovery that redirects (${status}) to the canonical URL is not followed`, async t => {
    const canonical = await ownMetabase(t, { discovery: discovered, post: signedIn, get: signedIn })
    const location = `${canonical.url}/auth/sso?preferred_method=jwt`
    const own = await ownMetabase(t, { discovery: redirect(status, location), get: signedIn })
    const app = await lightHost(t, own)

    t.strictSame(outcome(await app.inject('/sso/metabase')), REDIRECTED)
    t.notOk(own.steps.includes('get'), 'no JWT goes into a URL')
    t.strictSame(canonical.steps, [])
  })
}

t.test('a login page that keeps the address in its own query gets no JWT', async t => {
  const back = encodeURIComponent('https://metabase.example.com/auth/sso?preferred_method=jwt')
  const loginWall = redirect(302, `https://login.example.com/start?rd=${back}`)
  const own = await ownMetabase(t, { discovery: loginWall, get: signedIn })
  const app = await lightHost(t, own)

  t.strictSame(outcome(await app.inject('/sso/metabase')), REDIRECTED)
  t.notOk(own.steps.includes('get'))
})

t.test('ten redirects are not walked through', async t => {
  const own = await ownMetabase(t, {
    discovery: redirect(302, '/hop/1'),
    get: redirect(302, '/hop/1'),
    other: (response, { url }) => redirect(302, `/hop/${Number(url?.split('/').at(-1)) + 1}`)(response, response.req)
  })
  const app = await lightHost(t, own)

  t.strictSame(outcome(await app.inject('/sso/metabase')), REDIRECTED)
  t.notOk(own.steps.includes('other'))
})
