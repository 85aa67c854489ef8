import assert from 'node:assert/strict'
import { exampleJwt, session } from './settings.js'

/** Checks that a contender answers what each has to answer. */
export async function checkAnswer (contender, url, cookie) {
  const response = await fetch(url, { headers: { cookie } })
  const body = await response.json()
  assert.equal(response.status, 200, `${contender} answers 200`)
  assert.match(response.headers.get('content-type'), /^application\/json/, `${contender} answers JSON`)
  if (!url.includes('response=json')) {
    // Its times may be others: the plugin's session is over with its JWT.
    return assert.partialDeepStrictEqual(body, { id: session.id, status: 'ok' }, `${contender} answers a session`)
  }
  assert.deepEqual(Object.keys(body), ['jwt'], `${contender} answers a JWT`)
  assert.equal(body.jwt.length, exampleJwt.length, `the JWT of ${contender} is as long as the others'`)
  const { email, first_name: firstName, last_name: lastName, groups } = JSON.parse(
    Buffer.from(body.jwt.split('.')[1], 'base64url')
  )
  assert.match(email, /^user\d{4}@example\.com$/)
  assert.equal(firstName, 'User')
  assert.match(lastName, /^\d{4}$/)
  assert.deepEqual(groups, ['Analysts'])
  assert.equal((await fetch(url)).status, 401, `${contender} answers 401 to strangers`)
}
