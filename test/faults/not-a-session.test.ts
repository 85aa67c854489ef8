import t from 'tap'
import { lightHost, outcome } from '../helpers/exchange.js'
import { ANN } from '../helpers/host.js'
import { discovered, json, ownMetabase, SESSION_ID, type Reply } from '../helpers/own-metabase.js'

const UNEXPECTED = ['METABASE_SSO_RESPONSE_UNEXPECTED', 502]
const NOT_JSON = ['METABASE_SSO_RESPONSE_NOT_JSON', 502]
const raw = (headers: Record<string, string>, body: string): Reply =>
  response => { response.writeHead(200, headers).end(body) }
const session = { status: 'ok', id: SESSION_ID, exp: 2000000600, iat: 2000000000 }

const nothing = [[], [session], null, 'x', 5, true, {}, { status: 'error' }]
const almost = [
  { id: 5 }, { ...session, id: 5 }, { ...session, id: '' }, { ...session, id: `${SESSION_ID}\r\nx: y` },
  { ...session, id: `${SESSION_ID} ` }, { ...session, id: 'é' }, { ...session, id: 'x'.repeat(201) }, {
    ...session, id: null
  },
  { ...session, id: undefined },
  { ...session, exp: '2000000600' }, { ...session, exp: 1.5 }, { ...session, exp: null },
  { ...session, iat: '2000000000' },
  { ...session, status: 'error' }, { ...session, status: null }, { session_token: 5 }, { session_token: '' },
  { session_token: { key: SESSION_ID } }
]

t.test('JSON that is not a session, in answer to a JWT, is not passed on as one', async t => {
  for (const body of [...nothing, ...almost]) {
    const own = await ownMetabase(t, { to_session: json(200, body), discovery: discovered, post: json(200, session) })
    const response = await (await lightHost(t, own)).inject('/sso/metabase')
    t.strictSame(outcome(response), UNEXPECTED, JSON.stringify(body))
    t.notMatch(response.body, SESSION_ID)
    t.strictSame(own.steps, ['to_session'])
  }
})

t.test('JSON that is not Metabase, in answer to discovery, gets no JWT', async t => {
  for (const body of [...nothing, { url: null }, { hash: 'x' }, session]) {
    const own = await ownMetabase(t, { discovery: json(200, body), post: json(200, session), get: json(200, session) })
    t.strictSame(outcome(await (await lightHost(t, own)).inject('/sso/metabase')), UNEXPECTED, JSON.stringify(body))
    t.strictSame(own.steps, ['to_session', 'discovery'])
  }
  const own = await ownMetabase(t, { discovery: json(200, { url: 5, method: 'jwt' }), post: json(200, session) })
  t.equal((await (await lightHost(t, own)).inject('/sso/metabase')).statusCode, 502)
  t.strictSame(own.steps, ['to_session', 'discovery'])
})

t.test('an answer counts as JSON by its type, not by its looks', async t => {
  for (const type of [undefined, 'text/plain', 'text/html', 'application/jsonp', 'x-application/json', 'x application/json', ';']) {
    const reply = raw(type === undefined ? {} : { 'content-type': type }, JSON.stringify(session))
    const own = await ownMetabase(t, { to_session: reply, discovery: reply })
    t.strictSame(outcome(await (await lightHost(t, own)).inject('/sso/metabase')), NOT_JSON, String(type))
  }
  for (const [type, name] of [
    ...['text/html', 'text/plain', 'text/xml', 'application/xml', 'application/octet-stream'].map(type => [type, type]),
    ['text/x-anything', 'another type'], ['', 'no content type']
  ] as Array<[type: string, name: string]>) {
    const own = await ownMetabase(
      t, { to_session: raw({ 'content-type': type }, ''), discovery: raw({ 'content-type': type }, '') }
    )
    const error: unknown = await (await lightHost(t, own)).metabaseSso.exchange(ANN).catch((error: unknown) => error)
    t.match(error, { message: `Metabase answered with ${name} instead of JSON` })
  }
  const types = [
    'application/json', 'Application/JSON; charset=UTF-8', 'application/problem+json', 'application/json;charset=utf-8'
  ]
  for (const type of types) {
    const own = await ownMetabase(t, { to_session: raw({ 'content-type': type }, JSON.stringify(session)) })
    t.strictSame(outcome(await (await lightHost(t, own)).inject('/sso/metabase')), ['ok', 200], type)
  }
})
