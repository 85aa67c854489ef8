import t from 'tap'
import { outcome } from '../helpers/exchange.js'
import { SECRET, startHost } from '../helpers/host.js'

const failing: ReadonlyArray<readonly [name: string, secret: () => unknown, code: string]> = [
  ['throws', () => { throw new Error('the vault is closed') }, 'METABASE_SSO_SECRET_FAILED'],
  ['rejects', async () => { throw new Error('the vault is closed') }, 'METABASE_SSO_SECRET_FAILED'],
  ['returns a number', () => 42, 'METABASE_SSO_SECRET_INVALID'],
  ['returns an object', () => ({ secret: SECRET }), 'METABASE_SSO_SECRET_INVALID'],
  ['returns nothing', () => undefined, 'METABASE_SSO_SECRET_INVALID'],
  ['returns null', async () => null, 'METABASE_SSO_SECRET_INVALID'],
  ['returns an empty string', () => '', 'METABASE_SSO_SECRET_INVALID'],
  ['returns an empty Buffer', () => Buffer.alloc(0), 'METABASE_SSO_SECRET_INVALID'],
  ['returns white space', () => ' '.repeat(40), 'METABASE_SSO_SECRET_INVALID'],
  ['returns 31 characters', () => SECRET.slice(0, 31), 'METABASE_SSO_SECRET_INVALID'],
  ['returns a line break too many', () => `${SECRET}\n`, 'METABASE_SSO_SECRET_INVALID'],
  ['returns a padded Buffer', () => Buffer.from(` ${SECRET}`), 'METABASE_SSO_SECRET_INVALID']
]

t.test('when the secret function fails, the app says so and Metabase is not asked', async t => {
  for (const [name, secret, code] of failing) {
    const { app, metabase, logs, logIn } = await startHost(t, { options: { secret: secret as () => string } })
    const cookies = await logIn()
    for (const url of ['/sso/metabase', '/sso/metabase?response=json']) {
      const response = await app.inject({ url, cookies })
      t.strictSame(outcome(response), [code, 500], `${name}: ${url}`)
      t.equal(response.json().error, 'The app could not prepare the sign-in to Metabase.')
      t.notMatch(response.body, /vault/)
    }
    t.strictSame(metabase.requests, [])
    for (const { err } of logs) {
      if (err !== undefined) {
        t.match(
          err, { hint: /^(Return|Set|Use|Paste) / }, `${name}: the hint says what to do`
        )
      }
    }
    if (name === 'throws') t.match(JSON.stringify(logs), 'the vault is closed', 'the log tells why')
  }
})
