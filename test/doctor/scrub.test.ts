import t from 'tap'
import { scrubBody, scrubPath, scrubTag } from '../../bin/scrub.js'

const deep = `${'['.repeat(100_000)}"Ann"${']'.repeat(100_000)}`

/** Bodies with their types, and what is kept of them. */
const bodies: ReadonlyArray<[string, string, unknown]> = [
  ['', '', ''],
  ['<html><p>ann@example.com', 'text/html', '<page>'],
  [' <!doctype html>', '', '<page>'],
  ['Not found.', '', 'Not found.'],
  ['Token is expired (1764000000)', 'text/plain', 'Token is expired (0)'],
  ['{"message":"JWT SSO has not been enabled and/or configured","status":"error-sso-disabled"}', '',
    { message: 'JWT SSO has not been enabled and/or configured', status: 'error-sso-disabled' }],
  ['Connection to db.internal:5432 refused', 'text/plain', '<text of 38 characters>'],
  ['Not found. Ask IT', '', '<text of 17 characters>'],
  ['"Ann"', '', '<text of 3 characters>'],
  ['{"message":"Key of o&#39;brien, IT","status":"Ann"}', '',
    { message: '<text of 22 characters>', status: '<text of 3 characters>' }],
  ['{"id":7,"name":"Ann"}\n<!-- proxy -->', '', '<broken JSON>'],
  [' ["Ann"', '', '<broken JSON>'],
  ['{"id":7,"active":true,"name":"Ann","tenant":null}', '', { id: 0, active: true, name: '<text>', tenant: null }],
  ['{"login_attributes":{"plan":"gold"},"jwt-group-mappings":{"finance":[3]},"sandboxing":{"payroll":true}}', '', {
    login_attributes: { '<name>': '<value>' },
    'jwt-group-mappings': { '<name>': '<value>' },
    sandboxing: { '<name>': '<value>' }
  }],
  ['{"Finance EMEA":{"id":1},"mb.example.com":2}', '', { '<name>': '<value>' }],
  ['[{"name":"One"},{"name":"Two"}]', '', [{ name: '<text>' }]],
  ['{"groups":["Sales","Other"],"message":["Sales"]}', '', { groups: ['<text>'], message: ['<text>'] }],
  ['{"url":"https://app.example.com/sso?x=1"}', '', { url: '<text>' }],
  ['{"version":{"tag":"v1.58.2-of-ann"}}', '', { version: { tag: 'v1.58.2' } }],
  [deep, '', [[[[[[[[[[['<deeper>']]]]]]]]]]]]
]

for (const [text, type, kept] of bodies) {
  t.test(`of ${JSON.stringify(text.slice(0, 50))} no value is kept`, async t => {
    t.strictSame(scrubBody(text, type), kept)
  })
}

t.test('a tag that names no release is a text', async t => {
  t.equal(scrubTag('of-ann'), '<text of 6 characters>')
})

t.test('a path keeps the names of its query, and no credential', async t => {
  t.equal(scrubPath('/auth/sso?jwt=eyJh.eyJl.x&return_to=%2F'), '/auth/sso?jwt=…&return_to=…')
  t.equal(scrubPath('/api/embed/card/eyJhbGciOi.eyJyZXNv.sig-nature'), '/api/embed/card/<value>')
})

// An expression that looks for JWTs, addresses or URLs would take an hour for each of these.
for (const unit of ['b', 'eyJ', 'a-', '<a']) {
  t.test(`a megabyte of ${JSON.stringify(unit)} is scrubbed`, async t => {
    const text = `x${unit.repeat(1024 * 1024 / unit.length)}`
    const kept = `<text of ${text.length} characters>`
    t.strictSame(scrubBody(text, 'text/plain'), kept)
    t.strictSame(scrubBody(JSON.stringify({ message: text, [text]: 1 }), ''), { message: kept, '<name>': '<value>' })
  })
}
