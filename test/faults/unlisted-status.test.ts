import t from 'tap'
import { asAnn, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import { html, json, ownMetabase } from '../helpers/own-metabase.js'

const statuses = {
  METABASE_SSO_STATUS_UNEXPECTED: [400, 402, 409, 418, 500, 505, 519, 528],
  METABASE_SSO_GATEWAY_FAILED: [502, 503, 504, 520, 523, 527],
  METABASE_SSO_REDIRECTED: [300, 304, 399],
  METABASE_SSO_PROXY_REFUSED: [401, 403, 404, 405, 413, 414, 429, 431]
}

for (const [code, numbers] of Object.entries(statuses)) {
  t.test(`an answer without a reason is ${code}, and the log has the status`, async t => {
    for (const status of numbers) {
      for (const reply of [html(status), json(status, { status: 'error-unheard-of', message: 'no reason' })]) {
        const own = await ownMetabase(t, { to_session: reply, discovery: reply, post: reply })
        const host = await startHost(t, { options: { instanceUrl: own.url } })
        t.strictSame(outcome(await (await asAnn(host))()), [code, 502], String(status))
        const line = host.logs.find(({ err }) => err !== undefined)
        t.match(line?.msg, String(status))
        t.notMatch(JSON.stringify(line), /error-unheard-of|no reason/, 'and nothing of what Metabase said')
      }
    }
  })
}

t.test('a reason that makes no sense is an unexpected status', async t => {
  const reasons = [500, null, 'constructor', '__proto__', 'toString'].map(status => ({ status }))
  for (const body of [...reasons, [], null]) {
    const own = await ownMetabase(t, { to_session: json(418, body) })
    const host = await startHost(t, { options: { instanceUrl: own.url } })
    t.strictSame(outcome(await (await asAnn(host))()), ['METABASE_SSO_STATUS_UNEXPECTED', 502], JSON.stringify(body))
  }
})
