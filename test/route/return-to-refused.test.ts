import t from 'tap'
import { failureOf } from '../helpers/exchange.js'
import { ANN, NAVIGATION, startHost } from '../helpers/host.js'

const hostile = (instance: string): string[] => {
  const { host, hostname, port } = new URL(instance)
  return [
    '//evil.example', '///evil.example', '/\\evil.example', '\\/evil.example', '\\\\evil.example', '/\\evil',
    'https://evil.example', 'https:evil.example', 'http:///evil.example', 'https:///evil.example',
    'HTTP://evil.example', 'http://', 'http://evil.example:99999', 'http://[', '//',
    'javascript:alert(1)', 'JavaScript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'blob:x',
    `blob:${instance}/x`, 'mailto:ann@example.com', 'metabase.example:80', 'about:blank',
    '\t//evil.example', '/\t/evil.example', '/\n/evil.example', ' //evil.example', '\u0000//evil.example',
    '/.//evil.example', '/x/..//evil.example', '/%2e//evil.example', './/evil.example/../..//evil.example',
    '/%2Fevil.example', '/%2F%2Fevil.example', '/%5Cevil.example', '/%5c%2Fevil.example',
    `${instance}///${host}`, `/.//${host}/x`, `${instance}//evil.example`, `${instance}/%2Fevil.example`,
    `${instance}@evil.example`, `${instance}.evil.example`, `${instance}:pw@evil.example`,
    `http://evil.example#@${host}/`,
    `http://evil.example?${instance}/`, `http://${hostname}/`, `http://${hostname}:${Number(port) - 1}/`,
    `https://${host}/`, `ftp://${host}/`
  ]
}

t.test('a return_to that could lead off the instance is refused, in every answer', async t => {
  const { app, metabase, logIn } = await startHost(t)
  const cookies = await logIn()
  for (const returnTo of hostile(metabase.url)) {
    for (const [query, headers] of [['', NAVIGATION], ['response=json&', {}], ['', {}]] as const) {
      const url = `/sso/metabase?${query}return_to=${encodeURIComponent(returnTo)}`
      const response = await app.inject({ url, cookies, headers })
      t.equal(response.statusCode, 400, encodeURIComponent(returnTo))
      t.equal(response.headers['cache-control'], 'no-store')
      t.notOk(response.headers.location)
      t.match(failureOf(response), { error: /^return_to must/, code: 'METABASE_SSO_RETURN_TO_INVALID' })
    }
  }
  t.equal(metabase.requests.length, 0)
})

t.test('a return_to of more than 4,000 characters, as it is encoded, is refused', async t => {
  const { app, logIn } = await startHost(t)
  const cookies = await logIn()
  const ask = async (length: number) =>
    (await app.inject(
      { url: `/sso/metabase?return_to=/${'x'.repeat(length - 1)}`, cookies, headers: NAVIGATION }
    )).statusCode
  t.strictSame([await ask(3998), await ask(3999)], [302, 400]) // the slash takes three
  const url = `/sso/metabase?return_to=/${encodeURIComponent('日'.repeat(900))}`
  t.equal((await app.inject({ url, cookies, headers: NAVIGATION })).statusCode, 400)
})

t.test('a return_to given twice is refused, whatever the order', async t => {
  const { app, logIn } = await startHost(t)
  const cookies = await logIn()
  const [good, bad] = ['return_to=/a', 'return_to=//evil.example']
  for (const query of [`${good}&return_to=/b`, `${good}&${bad}`, `${bad}&${good}`]) {
    const response = await app.inject({ url: `/sso/metabase?${query}`, cookies, headers: NAVIGATION })
    t.equal(response.statusCode, 400, query)
    t.equal(failureOf(response).code, 'METABASE_SSO_RETURN_TO_INVALID')
  }
})

t.test('a visitor is not sent to the login page with it', async t => {
  const { app } = await startHost(t, { options: { loginUrl: '/login' } })
  const response = await app.inject({ url: '/sso/metabase?return_to=//evil.example', headers: NAVIGATION })
  t.equal(response.statusCode, 400)
})

t.test('app.metabaseSso.ssoUrl refuses it, too', async t => {
  const { app, metabase } = await startHost(t)
  await app.ready()
  for (const returnTo of hostile(metabase.url)) {
    const code = 'METABASE_SSO_RETURN_TO_INVALID'
    await t.rejects(app.metabaseSso.ssoUrl(ANN, { returnTo }), { code }, encodeURIComponent(returnTo))
  }
})
