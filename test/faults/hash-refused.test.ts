import t from 'tap'
import { lightHost, outcome } from '../helpers/exchange.js'
import { json, ownMetabase } from '../helpers/own-metabase.js'

t.test('a v55 that does not know its own hash (several nodes) is named, after one login', async t => {
  const discovery = json(200, { url: 'https://app.example.com', method: 'jwt', hash: 'of another node' })
  const own = await ownMetabase(t, { discovery, get: discovery })
  const app = await lightHost(t, own)

  t.strictSame(outcome(await app.inject('/sso/metabase')), ['METABASE_SSO_HASH_REFUSED', 502])
  t.strictSame(own.steps, ['to_session', 'discovery', 'get'])
})
