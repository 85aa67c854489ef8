import t from 'tap'
import type { MetabaseVersion } from '../../testing/index.js'
import { atComputers, lightHost, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import { json, ownMetabase, type Reply } from '../helpers/own-metabase.js'

const REQUESTS = 100

const changes: ReadonlyArray<[from: MetabaseVersion, to: MetabaseVersion]> =
  [['v50', 'v61'], ['v61', 'v55'], ['v55', 'v50'], ['v50', 'v55'], ['v56', 'v58'], ['v58', 'v61']]

for (const [from, to] of changes) {
  t.test(`the plugin loses no sign-in as Metabase goes from ${from} to ${to} and back`, async t => {
    const host = await startHost(t, {
      metabase: { version: from },
      server: { logger: false },
      options: { timeout: 60_000 }
    })
    const { metabase } = host
    t.strictSame((await atComputers(host, 1)).map(outcome), [['ok', 200]])

    for (const version of [to, from]) {
      // It changes when half of them have reached Metabase.
      let arrived = 0
      const push = metabase.requests.push.bind(metabase.requests)
      metabase.requests.push = (...requests) => {
        if (++arrived === REQUESTS / 2) metabase.version = version
        return push(...requests)
      }
      const responses = await atComputers(host, REQUESTS)
      metabase.requests.push = push
      t.strictSame(responses.map(outcome).filter(([code]) => code !== 'ok'), [], `to ${version}`)
      const ids = new Set<string>(responses.map(response => response.json().id))
      t.ok(ids.size === REQUESTS && [...ids].every(id => metabase.sessions.has(id)), 'each with a session of their own')
      t.equal(metabase.version, version)
    }
  })
}

t.test('the plugin asks for discovery once more, not for ever', async t => {
  const get: Reply = response => { response.writeHead(302, { location: '/' }).end() }
  const own = await ownMetabase(
    t, { discovery: json(200, { url: 'https://app.example.com', method: 'jwt', hash: 'new' }), get }
  )
  const app = await lightHost(t, own)
  t.strictSame(outcome(await app.inject('/sso/metabase')), ['METABASE_SSO_REDIRECTED', 502])
  const round = ['to_session', 'discovery', 'get']
  t.strictSame(own.steps, [...round, ...round])
})

t.test('the plugin signs in when Metabase becomes v55 between discovery and exchange', async t => {
  const asks = { url: 'https://app.example.com', method: 'jwt' }
  const own = await ownMetabase(t, {
    discovery: (response, request) => {
      const isFirst = own.steps.filter(step => step === 'discovery').length === 1
      json(200, isFirst ? asks : { ...asks, hash: 'new' })(response, request)
    },
    get: json(200, { status: 'ok', id: '5e55', iat: 1, exp: 2 })
  })
  const app = await lightHost(t, own)
  t.strictSame(outcome(await app.inject('/sso/metabase')), ['ok', 200])
  t.strictSame(own.steps, ['to_session', 'discovery', 'post', 'to_session', 'discovery', 'get'])
})
