import fc from 'fast-check'
import t from 'tap'
import { checkClaims } from '../../lib/claims.js'
import { MetabaseSsoError } from '../../index.js'

/** What JSON.stringify followed by Metabase's `str` keeps of an attribute. */
const survives = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof JSON.parse(JSON.stringify(value) ?? 'null'))

t.test('whatever a mapper returns is refused with one of our codes, or reaches Metabase whole', async t => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.anything()), fc.emailAddress(), (attributes, email) => {
    const claims = { ...attributes, email }
    try {
      checkClaims(claims)
    } catch (error) {
      return error instanceof MetabaseSsoError
    }
    return Object.entries(claims).every(([name, value]) =>
      value === undefined || survives(value) || ['groups', 'aud', '@tenant.attributes'].includes(name))
  }), { numRuns: 2000 })
  t.pass('2000 cases')
})

t.test('nothing that is not a plain object is taken for claims', async t => {
  fc.assert(fc.property(fc.anything().filter(value => Object.prototype.toString.call(value) !== '[object Object]'), value => {
    try {
      checkClaims(value)
      return false
    } catch (error) {
      return error instanceof MetabaseSsoError && error.code === 'METABASE_SSO_CLAIMS_NOT_OBJECT'
    }
  }))
  t.pass('100 cases')
})

t.test('a JWT never carries a time of the mapper’s', async t => {
  fc.assert(fc.property(fc.constantFrom('iat', 'exp', 'nbf'), fc.anything().filter(value => value !== undefined), (name, value) => {
    try {
      checkClaims({ email: 'ann@example.com', [name]: value })
      return false
    } catch (error) {
      return error instanceof MetabaseSsoError && error.code === 'METABASE_SSO_CLAIM_TIME_SET'
    }
  }))
  t.pass('100 cases')
})
