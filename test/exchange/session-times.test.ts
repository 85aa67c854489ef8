import t from 'tap'
import { lightHost, outcome } from '../helpers/exchange.js'
import { discovered, json, notFound, ownMetabase } from '../helpers/own-metabase.js'
import { stopClock } from '../helpers/standing-clock.js'

const NOW = 2_000_000_000
const NEVER = Number.MAX_SAFE_INTEGER

for (const [name, answer, expected] of [
  ['of the JWT', { iat: NOW, exp: NOW + 600 }, { iat: NOW, exp: NOW + 600 }],
  ['that end earlier', { iat: NOW - 10, exp: NOW + 60 }, { iat: NOW - 10, exp: NOW + 60 }],
  ['that end a second later', { iat: NOW, exp: NOW + 601 }, { iat: NOW, exp: NOW + 600 }],
  ['that never end', { iat: NEVER, exp: NEVER }, { iat: NOW, exp: NOW + 600 }],
  ['of 1970', { iat: 0, exp: 0 }, { iat: 0, exp: 0 }]
] as const) {
  t.test(`a session with times ${name} lives no longer than its JWT`, async t => {
    stopClock(t, Date)
    Date.now = () => NOW * 1000
    const session = { status: 'ok', id: 'x'.repeat(200) }
    for (const answers of [
      { to_session: json(200, { ...session, ...answer }) },
      { to_session: notFound, discovery: discovered, post: json(200, { ...session, ...answer }) }
    ]) {
      const response = await (await lightHost(t, await ownMetabase(t, answers))).inject('/sso/metabase')
      t.strictSame(outcome(response), ['ok', 200])
      t.strictSame(response.json(), { ...session, ...expected })
    }
  })
}
