import t from 'tap'
import { asAnn, outcome } from '../helpers/exchange.js'
import { standIn, startHost } from '../helpers/host.js'
import { LOCAL, secured, trusting } from '../helpers/secured.js'

const TLS_FAILED = ['METABASE_SSO_TLS_FAILED', 502]

t.test('the plugin sends no JWT to an untrusted certificate, and the log says why', async t => {
  const { metabase: { url, requests } } = await secured(t, LOCAL)
  const host = await startHost(t, { options: { instanceUrl: url } })

  t.strictSame(outcome(await (await asAnn(host))()), TLS_FAILED)
  t.match(host.logs.find(({ err }) => err !== undefined)?.msg, /DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY/)
  t.strictSame(requests, [])
})

t.test('a private authority is trusted through the dispatcher', async t => {
  const { metabase: { url }, cert } = await secured(t, LOCAL)
  const host = await startHost(t, { options: { instanceUrl: url, dispatcher: await trusting(t, cert) } })
  t.strictSame(outcome(await (await asAnn(host))()), ['ok', 200])
})

t.test('a certificate for another host is refused', async t => {
  const { metabase: { url }, cert } = await secured(t, { type: 2, value: 'other.example.com' })
  const host = await startHost(t, { options: { instanceUrl: url, dispatcher: await trusting(t, cert) } })
  t.strictSame(outcome(await (await asAnn(host))()), TLS_FAILED)
})

t.test('an expired certificate is refused', async t => {
  const { metabase: { url }, cert } = await secured(t, LOCAL, -1)
  const host = await startHost(t, { options: { instanceUrl: url, dispatcher: await trusting(t, cert) } })
  t.strictSame(outcome(await (await asAnn(host))()), TLS_FAILED)
})

t.test('https at a port that speaks plain http', async t => {
  const { url } = await standIn(t)
  const host = await startHost(t, { options: { instanceUrl: url.replace('http:', 'https:') } })
  t.strictSame(outcome(await (await asAnn(host))()), TLS_FAILED)
  t.match(
    host.logs.find(({ err }) => err !== undefined),
    { msg: /the port of Metabase does not speak https$/, err: { hint: /^Write http:\/\/ in `instanceUrl`/ } }
  )
})

t.test('plain http at a port that speaks https', async t => {
  const { metabase: { url } } = await secured(t, LOCAL)
  const host = await startHost(t, { options: { instanceUrl: url.replace('https:', 'http:') } })
  t.match(outcome(await (await asAnn(host))()), [/UNREACHABLE|STATUS_UNEXPECTED/, 502])
})
