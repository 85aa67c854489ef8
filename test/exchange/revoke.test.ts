import t from 'tap'
import { VERSIONS, lightHost } from '../helpers/exchange.js'
import { ANN, standIn, startHost } from '../helpers/host.js'
import { html, json, ownMetabase, text, type Reply } from '../helpers/own-metabase.js'

for (const version of VERSIONS) {
  t.test(`${version}: a revoked session is over, and revoking it again is fine`, async t => {
    const metabase = await standIn(t, { version, basePath: '/metabase' })
    const { metabaseSso } = await lightHost(t, metabase)
    const { id } = await metabaseSso.exchange(ANN)
    const other = await metabaseSso.exchange(ANN)

    await metabaseSso.revoke(id)
    t.strictSame([...metabase.sessions.keys()], [other.id])
    await metabaseSso.revoke(id)
    await metabaseSso.revoke('never-there')

    for (const { url } of metabase.requests) t.notMatch(url, id)
    const { method, path, headers } = metabase.requests.at(-3) ?? {}
    t.strictSame([method, path, headers?.['x-metabase-session']], ['DELETE', '/metabase/api/session', id])
  })
}

t.test('a revocation that fails says why', async t => {
  const metabase = await standIn(t)
  const { metabaseSso } = await lightHost(t, metabase)
  for (const [failure, code] of [
    ['gateway-503', 'METABASE_SSO_GATEWAY_FAILED'],
    ['unlisted', 'METABASE_SSO_STATUS_UNEXPECTED'],
    ['redirect-loop', 'METABASE_SSO_REDIRECTED'],
    ['reset', 'METABASE_SSO_UNREACHABLE'],
    ['huge-body', 'METABASE_SSO_RESPONSE_TOO_LARGE']
  ] as const) {
    metabase.fail(failure)
    await t.rejects(metabaseSso.revoke('5e551011'), { code }, failure)
  }
  metabase.fail('hang')
  const impatient = await lightHost(t, metabase, { timeout: 300 })
  await t.rejects(impatient.metabaseSso.revoke('5e551011'), { code: 'METABASE_SSO_TIMEOUT' })
  metabase.fail(null)
  await t.resolves(metabaseSso.revoke('5e551011'))
})

// Something in front of Metabase knows of no sessions.
const foreign: Array<[name: string, reply: Reply]> = [
  ['a 404 page', html(404)],
  ['404 in JSON', json(404, { message: 'Not found.' })],
  ['404 in another text', text(404, '404 page not found')],
  ['404 in its words, of another type', response => {
    response.writeHead(404, { 'content-type': 'text/xml' }).end('Not found.')
  }],
  ['502 in words of Metabase', text(502, 'Not found.')],
  ['401', text(401, 'Unauthenticated')],
  ['200 with a page', html(200)],
  ['200 with JSON', json(200, {})],
  ['200 and no type', response => { response.writeHead(200).end('ok') }]
]
for (const [name, reply] of foreign) {
  t.test(`a session is not over when DELETE is answered with ${name}`, async t => {
    const { metabaseSso } = await lightHost(t, await ownMetabase(t, { other: reply }))
    await t.rejects(metabaseSso.revoke('5e551011'), { name: 'MetabaseSsoError', statusCode: 502 })
  })
}

t.test('revoking nothing is an error, not a session that is over', async t => {
  const { app, metabase } = await startHost(t)
  await app.ready()
  const session = await app.metabaseSso.exchange(ANN)
  for (const nothing of ['', undefined, null, {}, [], 'x\ny', 'é', 'x'.repeat(300), session]) {
    metabase.requests.length = 0
    await t.rejects(app.metabaseSso.revoke(nothing as string), { code: 'METABASE_SSO_SESSION_ID_MISSING' })
  }
  t.strictSame(metabase.requests, [])
})
