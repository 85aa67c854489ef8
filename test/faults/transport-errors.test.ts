import t from 'tap'
import { Agent } from 'undici'
import { createTransport } from '../../lib/metabase/transport.js'

/** Sends a request through a dispatcher that reports this error each time. Returns how often it was sent, too. */
async function send (failure: Error): Promise<{ error: unknown, requests: number }> {
  let requests = 0
  const dispatcher = new Agent().compose(() => (_options, handler) => {
    requests++
    handler.onResponseError?.({} as never, failure)
    return true
  })
  const transport = createTransport('https://metabase.example.com', () => dispatcher)
  const { signal } = new AbortController()
  const error = await transport({ method: 'GET', path: '/' }, signal).catch((error: unknown) => error)
  return { error, requests }
}

/** Codes of undici, Node and OpenSSL, by the code of the plugin. */
const failures = {
  METABASE_SSO_TIMEOUT: ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'ETIMEDOUT'],
  METABASE_SSO_TLS_FAILED: [
    'ERR_SSL_NO_PROTOCOLS_AVAILABLE', 'ERR_TLS_CERT_ALTNAME_INVALID', 'EPROTO', 'CERT_HAS_EXPIRED',
    'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CRL_HAS_EXPIRED', 'HOSTNAME_MISMATCH'
  ],
  METABASE_SSO_UNREACHABLE: ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'UND_ERR_INFO']
}

for (const [code, reported] of Object.entries(failures)) {
  t.test(`the plugin takes what undici reports for ${code}, and names it`, async t => {
    for (const name of reported) {
      const { error, requests } = await send(Object.assign(new Error('it failed'), { code: name }))
      t.match(error, { code, message: name, cause: { message: 'it failed', code: name } }, name)
      t.equal(requests, 1, `${name}: sent once`)
    }
  })
}

t.test('the plugin says that a port does not speak https, where OpenSSL speaks of a version', async t => {
  const { error } = await send(Object.assign(new Error('it failed'), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }))
  t.match(error, { code: 'METABASE_SSO_TLS_FAILED', message: 'the port of Metabase does not speak https' })
})

t.test('the plugin names an error without a code unknown', async t => {
  const { error } = await send(new Error('it failed'))
  t.match(error, { code: 'METABASE_SSO_UNREACHABLE', message: 'Metabase cannot be reached (unknown)' })
})

t.test('the plugin names the addresses that failed, and keeps the cause', async t => {
  const address = Object.assign(new Error('connect'), { code: 'ECONNREFUSED', address: '192.0.2.1', port: 443 })
  const { error } = await send(new AggregateError([address], 'all failed'))
  const message = 'Metabase cannot be reached (192.0.2.1 port 443: ECONNREFUSED)'
  t.match(error, { code: 'METABASE_SSO_UNREACHABLE', message, cause: { message: 'all failed' } })
})

t.test('the plugin sends a request once more when its connection was dead, whichever way it shows', async t => {
  for (const code of ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']) {
    const { error, requests } = await send(Object.assign(new Error('it is dead'), { code }))
    t.match(error, { code: 'METABASE_SSO_UNREACHABLE', message: `Metabase cannot be reached (${code})` })
    t.equal(requests, 2, code)
  }
})
