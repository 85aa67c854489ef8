import t from 'tap'
import { annsJwt, clock } from './helpers/sign.js'
import { ask, embedJs, sdk, start } from './helpers/stand-in.js'

const hashHeader = 'x-metabase-sdk-jwt-hash'

t.test('discovery of v55 hands out a fresh hash each time', async t => {
  const metabase = await start(t, { version: 'v55' })
  const first = await ask(metabase, '/auth/sso', { headers: sdk })
  const second = await ask(metabase, '/auth/sso', { headers: embedJs })
  t.equal(first.status, 200)
  t.strictSame({ ...first.json, hash: '' }, { url: metabase.identityProviderUri, method: 'jwt', hash: '' })
  t.not(first.json.hash, second.json.hash)
})

t.test('a hash of v55 is good for one trade', async t => {
  const metabase = await start(t, { version: 'v55' })
  const { json: { hash } } = await ask(metabase, '/auth/sso', { headers: sdk })
  const headers = { ...sdk, [hashHeader]: String(hash) }

  const first = await ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers })
  const [session] = metabase.sessions.values()
  t.strictSame(first.json, { status: 'ok', id: session?.id, exp: clock + 600, iat: clock })

  const second = await ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers })
  t.equal(second.status, 200)
  t.strictSame(Object.keys(second.json), ['url', 'method', 'hash'])
  t.equal(metabase.logins, 2, 'the login ran all the same')
})

t.test('a login of v55 without a valid hash runs and its session is not told', async t => {
  const metabase = await start(t, { version: 'v55' })
  for (const headers of [sdk, { ...sdk, [hashHeader]: 'made up' }, { ...embedJs, [hashHeader]: '' }]) {
    const answer = await ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers })
    t.match(answer.json, { method: 'jwt', hash: String })
  }
  t.equal(metabase.logins, 3)
})

t.test('token=true means nothing to v55', async t => {
  const metabase = await start(t, { version: 'v55' })
  t.equal((await ask(metabase, `/auth/sso?token=true&jwt=${annsJwt()}`)).status, 302)
})
