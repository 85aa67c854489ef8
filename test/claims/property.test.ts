import fc from 'fast-check'
import t from 'tap'
import { createClaimsCheck } from '../../lib/claims.js'
import { MetabaseSsoError } from '../../index.js'

const checkClaims = createClaimsCheck({})

/** What arrives of an attribute in every version: what JSON and then Metabase's `str` make of it. */
function arriving (value: unknown): unknown {
  if (value === undefined || value === null) return undefined
  return Array.isArray(value) ? value.map(String).join(',') : JSON.parse(JSON.stringify(value))
}

const isScalar = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value)

t.test('the plugin refuses what a mapper returns with a code, or passes it on whole', async t => {
  const value = fc.oneof(fc.anything(), fc.array(fc.oneof(fc.string(), fc.integer(), fc.boolean())))
  fc.assert(fc.property(fc.dictionary(fc.string(), value), fc.emailAddress(), (attributes, email) => {
    const claims: Record<string, unknown> = { ...attributes, email }
    let payload
    try {
      ({ payload } = checkClaims(claims))
    } catch (error) {
      return error instanceof MetabaseSsoError
    }
    return Object.entries(claims).every(([name, value]) => {
      if (['groups', 'aud', '@tenant.attributes'].includes(name)) return true
      const sent = Object.hasOwn(payload, name) ? payload[name] : undefined // as JSON has it: not `toString`
      return Object.is(sent, arriving(value) === 0 ? value : arriving(value)) && (sent === undefined || isScalar(sent))
    })
  }), { numRuns: 2000 })
  t.pass('2000 cases')
})

t.test('nothing that is not a plain object is taken for claims', async t => {
  const noObject = fc.anything().filter(value => Object.prototype.toString.call(value) !== '[object Object]')
  fc.assert(fc.property(noObject, value => {
    try {
      checkClaims(value)
      return false
    } catch (error) {
      return error instanceof MetabaseSsoError && error.code === 'METABASE_SSO_CLAIMS_INVALID'
    }
  }))
  t.pass('100 cases')
})

t.test('a JWT never carries a time of the mapper’s', async t => {
  const given = fc.anything().filter(value => value !== undefined)
  fc.assert(fc.property(fc.constantFrom('iat', 'exp', 'nbf'), given, (name, value) => {
    try {
      checkClaims({ email: 'ann@example.com', [name]: value })
      return false
    } catch (error) {
      return error instanceof MetabaseSsoError && error.message.includes(`"${name}" is set by the plugin`)
    }
  }))
  t.pass('100 cases')
})
