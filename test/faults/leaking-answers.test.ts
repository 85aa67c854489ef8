import { createServer } from 'node:net'
import { inspect } from 'node:util'
import t from 'tap'
import { asAnn, outcome } from '../helpers/exchange.js'
import { ANN, startHost } from '../helpers/host.js'
import { listen, SESSION_ID } from '../helpers/own-metabase.js'

// Of an answer that it cannot parse, V8 quotes a few characters.
const PART = SESSION_ID.slice(0, 8)
const DISCOVERED = JSON.stringify({ url: 'https://app.example.com', method: 'jwt' })
const SESSION = JSON.stringify({ status: 'ok', id: SESSION_ID, exp: 2000000600, iat: 2000000000 })
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'
const answer = (body: string, length = body.length) => `${HEAD}content-length: ${length}\r\n\r\n${body}`

// Each holds a session id, and ends in an error whose message or properties may quote it.
const answers: Record<string, [answer: string, code: string]> = {
  'JSON with a comma too many': [answer(SESSION.replace('}', ',}')), 'METABASE_SSO_RESPONSE_MALFORMED'],
  'JSON that is cut short': [answer(SESSION.slice(0, -20)), 'METABASE_SSO_RESPONSE_MALFORMED'],
  'JSON that begins too late': [answer(`<${SESSION_ID}>${SESSION}`), 'METABASE_SSO_RESPONSE_MALFORMED'],
  'JSON in two pieces': [answer(SESSION + SESSION), 'METABASE_SSO_RESPONSE_MALFORMED'],
  'a length that is too small': [answer(SESSION, 20), 'METABASE_SSO_RESPONSE_MALFORMED'],
  'a length that is no number': [`${HEAD}content-length: ${SESSION_ID}\r\n\r\n${SESSION}`, 'METABASE_SSO_UNREACHABLE'],
  'a chunk that is none': [`${HEAD}transfer-encoding: chunked\r\n\r\n${SESSION}`, 'METABASE_SSO_UNREACHABLE'],
  'no HTTP at all': [SESSION, 'METABASE_SSO_UNREACHABLE'],
  'a status line of its own': [`HTTP/1.1 ${SESSION_ID}\r\n\r\n`, 'METABASE_SSO_UNREACHABLE'],
  'a header that is none': [`${HEAD}${SESSION_ID}\r\n\r\n${SESSION}`, 'METABASE_SSO_UNREACHABLE'],
  'a content type': [
    `HTTP/1.1 200 OK\r\ncontent-type: text/plain; ${SESSION_ID}\r\ncontent-length: 2\r\n\r\n{}`,
    'METABASE_SSO_RESPONSE_NOT_JSON'
  ],
  'a content type of its own': [
    `HTTP/1.1 200 OK\r\ncontent-type: text/${SESSION_ID}\r\ncontent-length: 2\r\n\r\n{}`,
    'METABASE_SSO_RESPONSE_NOT_JSON'
  ]
}

for (const [name, [bytes, code]] of Object.entries(answers)) {
  t.test(`a session id in ${name} stays out of answer, log and error`, async t => {
    const server = createServer(socket => socket.on('data', data => {
      socket.write(String(data).startsWith('GET') ? answer(DISCOVERED) : bytes)
    }))
    const instanceUrl = `http://127.0.0.1:${await listen(t, server)}`
    const host = await startHost(t, { options: { instanceUrl } })

    const response = await (await asAnn(host))()
    t.strictSame(outcome(response), [code, 502])
    t.notMatch(response.body, PART)
    t.notMatch(JSON.stringify(host.logs), PART)

    const error: unknown = await host.app.metabaseSso.exchange(ANN).then(() => undefined, (error: unknown) => error)
    t.match(error, { code })
    t.notMatch(inspect(error, { depth: 10, showHidden: true }), PART)
  })
}
