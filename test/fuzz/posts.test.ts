import fc from 'fast-check'
import t from 'tap'
import { checkAnswer, fuzz, headers } from '../helpers/fuzz.js'
import { EMBEDDING_SECRET } from '../helpers/guest.js'
import { startHost } from '../helpers/host.js'

const payload = fc.oneof(
  fc.json(),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.record({
    entityType: fc.constantFrom('dashboard', 'question'),
    entityId: fc.oneof(fc.integer(), fc.string()),
    customContext: fc.jsonValue()
  }).map(body => JSON.stringify(body)),
  fc.constantFrom(
    '',
    '{',
    '[]',
    'null',
    '{"__proto__":{}}',
    `{"entityType":"dashboard","entityId":${'9'.repeat(400)}}`,
    'x'.repeat(20_000)
  ))

t.test('the routes answer any POST: no 500, no secret, no CORS, no token not granted', async t => {
  const { app, metabase, logIn } = await startHost(t, {
    server: { logger: false },
    options: {
      logout: true, guest: { secret: EMBEDDING_SECRET, authorize: (_user, { entityId }) => entityId === 1 ? {} : false }
    }
  })
  const cookies = await logIn()
  await fuzz(t, fc.record(
    { url: fc.constantFrom('/sso/metabase/guest', '/sso/metabase/logout'), payload, headers, isSignedIn: fc.boolean() }
  ), 1200, async ({ url, payload, headers, isSignedIn }) => {
    const { cookie, ...others } = headers
    const response = await app.inject(
      { method: 'POST', url, payload, headers: isSignedIn ? others : headers, cookies: isSignedIn ? cookies : {} }
    )
    checkAnswer(response, headers.origin, metabase)
    if (response.body.includes('eyJ') && !(isSignedIn && /"entityId":1[,}]/.test(payload))) {
      throw new Error(
        'a token was given out'
      )
    }
  })
})
