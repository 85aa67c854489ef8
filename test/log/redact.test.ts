import t from 'tap'
import { redact, redactError } from '../../lib/redact.js'

const JWT = 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl'

t.test('a foreign text is logged with a mark in place of each secret', async t => {
  t.equal(redact(`cannot send ${JWT} to /auth/sso?jwt=${JWT}`, [JWT]), 'cannot send [redacted] to /auth/sso?jwt=[redacted]')
  t.equal(redact('id 5e551011-dead-4bad of store', [/[\w-]{16,}/g]), 'id [redacted] of store')
})

t.test('a text of a request without a secret is logged as it is', async t => {
  t.equal(redact('connect ECONNREFUSED', ['']), 'connect ECONNREFUSED')
})

t.test('500 characters of a text are logged, cut after secrets are out', async t => {
  t.equal(redact('x'.repeat(501), []), 'x'.repeat(500))
  t.equal(redact(`${'x'.repeat(495)}${JWT}`, [JWT]), `${'x'.repeat(495)}[reda`)
})

t.test('of an error only texts are logged', async t => {
  const error = Object.assign(new TypeError('no'), { code: 'E_NO', request: { body: JWT } })
  const { name, message, code, ...others } = redactError(error, [JWT])
  t.strictSame([name, message, code, others], ['TypeError', 'no', 'E_NO', {}])
  t.match(redactError({ name: 'AbortError', message: Object.create(null), code: 20 }, []),
    { name: 'AbortError', message: '', code: undefined })
  t.doesNotThrow(() => redactError(undefined, []))
})
