import t from 'tap'
import { asAnn, asked, outcome, payloadOf, TO_SESSION } from '../helpers/exchange.js'
import { ANN, startHost } from '../helpers/host.js'
import { html, ownMetabase, text, type Reply } from '../helpers/own-metabase.js'

const GERMAN = 'Sie benötigen ein metabase-Konto, um diese Seite anzuzeigen.'
const hangUp: Reply = response => { response.destroy() }
const redirect: Reply = response => { response.writeHead(302, { location: '/' }).end() }

t.test('a 401 in another language refuses the account, once the secret is proven', async t => {
  const host = await startHost(t)
  Object.assign(host.metabase.settings, { siteLocale: 'de', userProvisioning: false })
  const signIn = await asAnn(host)

  t.strictSame(outcome(await signIn()), ['METABASE_SSO_ACCOUNT_REFUSED', 403])
  t.strictSame(asked(host.metabase), [TO_SESSION, TO_SESSION])
  const probe = payloadOf(JSON.stringify(host.metabase.requests.at(-1)?.body))
  t.notMatch(JSON.stringify(probe), ANN.email)
  t.equal(host.metabase.logins, 0)
})

// Clocks that are whole hours off are common: a local time that is taken for UTC.
for (const hours of [-2, -1, 1, 2]) {
  t.test(`a clock ${hours} h off: the test of the secret signs no user in`, async t => {
    const host = await startHost(t, { metabase: { now: () => Date.now() + hours * 3_600_000 } })
    Object.assign(host.metabase.settings, { siteLocale: 'ja', userProvisioning: false })
    const [code] = outcome(await (await asAnn(host))())

    t.equal(code, hours < 0 ? 'METABASE_SSO_ACCOUNT_REFUSED' : 'METABASE_SSO_TOKEN_EXPIRED')
    host.metabase.settings.userProvisioning = true
    t.strictSame([...host.metabase.users.keys()], [], 'no account is made for the test')
    t.equal(host.metabase.logins, 0)
  })
}

const unclear: Array<[name: string, probed: Reply, code: string]> = [
  ['is in maintenance', html(503), 'METABASE_SSO_TOKEN_REFUSED'],
  ['redirects', redirect, 'METABASE_SSO_TOKEN_REFUSED'],
  ['says the same', text(401, GERMAN), 'METABASE_SSO_TOKEN_REFUSED'],
  ['says that the key is wrong', text(401, 'Message seems corrupt or manipulated'), 'METABASE_SSO_SECRET_REFUSED'],
  ['hangs up', hangUp, 'METABASE_SSO_UNREACHABLE']
]
for (const [name, probed, code] of unclear) {
  t.test(`a 401 in another language, and Metabase ${name} when the secret is tested`, async t => {
    let trades = 0
    const own = await ownMetabase(t, {
      to_session: (response, request) => (++trades === 1 ? text(401, GERMAN) : probed)(response, request)
    })
    const signIn = await asAnn(await startHost(t, { options: { instanceUrl: own.url } }))

    t.strictSame(outcome(await signIn()), [code, 502])
    t.notOk(own.steps.includes('get'))
  })
}
