import t from 'tap'
import { createScrubber } from '../../bin/scrub.js'

const payload = { email: 'ann@example.com', region: 'north-west', seats: 4711, groups: ['Sales'] }
const claims = { email: payload.email, hasTenant: false, namesAdministrators: false, payload }
const { body, path } = createScrubber({ instanceUrl: 'https://metabase.example.com', secret: ['the secret'] }, claims)

/** Bodies with their types, and what is kept of them. */
const bodies: ReadonlyArray<[string, string, unknown]> = [
  ['', '', ''],
  ['<html><p>ann@example.com', 'text/html', '<page>'],
  [' <!doctype html>', '', '<page>'],
  ['Sie benötigen ein Konto, ann@example.com.', 'text/plain', 'Sie benötigen ein Konto, <value>.'],
  ['Token of metabase.example.com by the secret', '', 'Token of <value> by <value>'],
  ['{"message":"No such session: 0f8b6f52-2a3d-4a0e-9d0c-7c1f6a3e5b21"}', '', { message: 'No such session: <value>' }],
  ['{"id":7,"active":true,"name":"Ann","tenant":null}', '', { id: 0, active: true, name: '<text>', tenant: null }],
  ['{"region":"north-west","login_attributes":{"plan":"gold"}}', '',
    { '<name>': '<value>', login_attributes: { '<name>': '<value>' } }],
  ['[{"name":"One"},{"name":"Two"}]', '', [{ name: '<text>' }]],
  ['{"groups":["Sales","Other"]}', '', { groups: ['<text>'] }],
  ['{"url":"https://app.example.com/sso?x=1"}', '', { url: '<text>' }]
]

for (const [text, type, kept] of bodies) {
  t.test(`of ${JSON.stringify(text.slice(0, 50))} no value is kept`, async t => {
    t.strictSame(body(text, type), kept)
  })
}

t.test('a path keeps the names of its query, and no credential', async t => {
  t.equal(path('/auth/sso?jwt=eyJh.eyJl.x&return_to=%2F'), '/auth/sso?jwt=…&return_to=…')
  t.equal(path('/api/embed/card/eyJhbGciOi.eyJyZXNv.sig-nature'), '/api/embed/card/<value>')
})
