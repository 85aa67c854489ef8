import t from 'tap'
import { asAnn, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import { discovered, html, json, ownMetabase } from '../helpers/own-metabase.js'

const statuses = {
  METABASE_SSO_STATUS_UNEXPECTED: [400, 401, 402, 403, 409, 418, 429, 500, 505, 599],
  METABASE_SSO_GATEWAY_FAILED: [502, 503, 504, 520, 523, 527],
  METABASE_SSO_REDIRECTED: [300, 304, 399],
  METABASE_SSO_NOT_FOUND: [404]
}

for (const [code, numbers] of Object.entries(statuses)) {
  t.test(`what Metabase answers without a reason is ${code}, and the log has the status`, async t => {
    for (const status of numbers) {
      for (const reply of [html(status), json(status, { status: 'error-unheard-of', message: 'no reason' })]) {
        const own = await ownMetabase(t, { discovery: reply })
        const host = await startHost(t, { options: { instanceUrl: own.url } })
        t.strictSame(outcome(await (await asAnn(host))()), [code, 502], String(status))
        const line = host.logs.find(({ err }) => err !== undefined)
        if (status !== 404) t.match(line?.msg, String(status))
        t.notMatch(JSON.stringify(line), /error-unheard-of|no reason/, 'and nothing of what Metabase said')
      }
    }
  })
}

t.test('a reason that nobody can make sense of does not upset anyone', async t => {
  for (const body of [{ status: 500 }, { status: null }, { status: 'constructor' }, { status: '__proto__' }, { status: 'toString' }, [], null]) {
    const own = await ownMetabase(t, { discovery: discovered, post: json(418, body) })
    const host = await startHost(t, { options: { instanceUrl: own.url } })
    t.strictSame(outcome(await (await asAnn(host))()), ['METABASE_SSO_STATUS_UNEXPECTED', 502], JSON.stringify(body))
  }
})
