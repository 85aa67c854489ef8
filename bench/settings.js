// What the contenders have in common, so that they differ in nothing else.
import { createHmac } from 'node:crypto'

export const signingKey = 'the signing key that Metabase and the apps share, 64 characters.'

/**
 * express-session's wording of the reference sample; @fastify/session understands it too. Neither sets its cookie again
 * on each answer.
 */
export const sessionOptions = {
  secret: 'a session secret of the host app, longer than 32 characters',
  resave: false,
  saveUninitialized: true,
  rolling: false,
  cookie: { secure: false }
}

/** Connections to Metabase: the plugin's default. */
export const CONNECTIONS = 64

/** Where the page that asks comes from. */
export const frontEnd = 'https://app.example.com'

/** @param {number | string} number from 1000 to 9999: users are all of the same length */
export const findUser = number =>
  ({ email: `user${number}@example.com`, firstName: 'User', lastName: String(number), group: 'Analysts' })

/** The session that the stand-in for Metabase and the floors answer. */
export const session = {
  id: '0f8b6f52-2a3d-4a0e-9d0c-7c1f6a3e5b21', exp: 2_000_000_600, iat: 2_000_000_000, status: 'ok'
}

/** A JWT as long as those that the plugin signs. */
export const exampleJwt = signLike(findUser(1000))

function signLike ({ email, firstName, lastName, group }) {
  const claims = {
    email, first_name: firstName, last_name: lastName, groups: [group], iat: session.iat, exp: session.exp
  }
  const input = [{ alg: 'HS256', typ: 'JWT' }, claims].map(
    part => Buffer.from(JSON.stringify(part)).toString('base64url')
  ).join('.')
  return `${input}.${createHmac('sha256', signingKey).update(input).digest('base64url')}`
}
