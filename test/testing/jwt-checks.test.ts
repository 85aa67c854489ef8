import t from 'tap'
import { annsJwt, clock, secret, sign } from './helpers/sign.js'
import { start, trade } from './helpers/stand-in.js'

const hour = 3600
const corrupt = 'Message seems corrupt or manipulated'

t.test('a JWT is refused in the order of Metabase\'s checks', async t => {
  const metabase = await start(t)
  const email = 'ann@example.com'
  const header = (alg: string) => ({ alg, typ: 'JWT' })
  const cases: Array<[string, string, string]> = [
    ['no JWT at all', 'nonsense', corrupt],
    ['nothing', '', corrupt],
    ['wrong secret', sign({ email }, 'another'), corrupt],
    ['wrong secret and too old', sign({ email, iat: clock - hour, exp: clock + hour }, 'another'), corrupt],
    ['another algorithm', sign({ email }, secret, header('HS512')), corrupt],
    ['no algorithm', sign({ email }, secret, header('none')).replace(/[^.]*$/, ''), corrupt],
    ['payload that is no object', sign('text'), corrupt],
    [
      'time that is no number',
      annsJwt({ exp: 'soon' }),
      'class java.lang.String cannot be cast to class java.lang.Number'
    ],
    ['expired', annsJwt({ exp: clock }), `Token is expired (${clock})`],
    ['expired and too old', annsJwt({ exp: clock - 1, iat: clock - hour }), `Token is expired (${clock - 1})`],
    ['not yet valid', annsJwt({ nbf: clock + 1 }), `Token is not yet valid (${clock + 1})`],
    ['too old', annsJwt({ iat: clock - 181 }), 'Token is older than max-age (180)'],
    [
      'an hour old, the test of a secret',
      annsJwt({ iat: clock - hour, exp: clock + hour }),
      'Token is older than max-age (180)'
    ],
    ['no e-mail', sign({ iat: clock, exp: clock + hour }), 'JWT token missing email claim'],
    ['empty e-mail', annsJwt({ email: '' }), 'JWT token missing email claim']
  ]
  for (const [name, jwt, text] of cases) {
    const answer = await trade(metabase, jwt)
    t.equal(answer.status, 401, name)
    t.equal(answer.text, text, name)
    t.equal(answer.headers.get('content-type'), null)
  }
  t.equal(metabase.logins, 0)
  t.equal(metabase.users.size, 0)
})

t.test('a JWT is accepted at the limits, and from the future', async t => {
  const metabase = await start(t)
  const jwts = [
    annsJwt({ exp: clock + 1, nbf: clock, iat: clock - 180 }),
    sign({ email: 'ann@example.com' }),
    annsJwt({ exp: null }),
    annsJwt({ iat: clock + hour, exp: clock + 2 * hour })
  ]
  for (const jwt of jwts) t.equal((await trade(metabase, jwt)).status, 200)
})

t.test('the clock moves, and is the real one by default', async t => {
  let now = clock
  const metabase = await start(t, { now: () => now * 1000 })
  const jwt = annsJwt()
  t.equal((await trade(metabase, jwt)).status, 200)
  now += 181
  t.equal((await trade(metabase, jwt)).text, 'Token is older than max-age (180)')

  const real = await start(t, { now: undefined })
  const iat = Math.floor(Date.now() / 1000)
  t.equal((await trade(real, annsJwt({ iat, exp: iat + 60 }))).status, 200)
})
