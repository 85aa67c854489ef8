import t from 'tap'
import { annsSession, ask, postJson, start } from './helpers/stand-in.js'

const headers = { 'x-api-key': 'mb_0123456789' }

t.test('an API key is a user of its own, without a session', async t => {
  const metabase = await start(t)
  metabase.apiKeys.add('mb_0123456789')
  t.match(
    (await ask(metabase, '/api/user/current', { headers })).json,
    { email: 'api-key-user-mb_0@api-key.invalid', common_name: 'API key' }
  )
  t.equal((await postJson(metabase, '/api/card/1/query', {}, headers)).status, 202)
  t.equal(metabase.sessions.size, 0)
})

t.test('an API key that the instance does not know is refused', async t => {
  const metabase = await start(t)
  t.equal((await ask(metabase, '/api/user/current', { headers })).status, 401)
  t.match(
    (await ask(metabase, '/api/user/current', { headers: { ...headers, ...await annsSession(metabase) } })).json,
    { email: 'ann@example.com' }
  )
})
