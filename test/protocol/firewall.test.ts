import t from 'tap'
import { lightHost, outcome } from '../helpers/exchange.js'
import { discovered, json, ownMetabase, signedIn, text, type Reply } from '../helpers/own-metabase.js'

const hash = json(200, { url: null, method: 'jwt', hash: 'hash' })

// What a firewall may say to a POST that is hardly told from Metabase: no type, a field of Clojure's, its very words.
const walls: Array<[name: string, reply: Reply]> = [
  ['404 in a text without a type', text(404, 'blocked')],
  ['405 without a type', text(405, 'no')],
  ['405 in JSON with a cause', json(405, { cause: 'waf', message: 'x' })],
  ['404 in a typed text', response => { response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found.') }],
  ["405 in words of Metabase's", text(405, 'Not found.')],
  ['501 in a text', text(501, 'POST not valid')]
]

for (const [name, wall] of walls) {
  for (const [kind, discovery] of [['without a hash', discovered], ['with a hash', hash]] as const) {
    t.test(`no JWT is in a URL when POST is answered with ${name}, discovery ${kind}`, async t => {
      const own = await ownMetabase(t, { discovery, to_session: wall, post: wall, get: signedIn })
      const app = await lightHost(t, own)
      for (let i = 0; i < 2; i++) t.equal(outcome(await app.inject('/sso/metabase'))[1], 502)
      t.notOk(own.steps.includes('get'))
    })
  }
}
