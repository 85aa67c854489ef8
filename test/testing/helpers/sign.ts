import { createHmac } from 'node:crypto'

export const secret = 'used as text, whatever it looks like: 6d657461'
/** The time on the stand-in's clock, in seconds since the epoch. */
export const clock = 1_750_000_000

const encode = (part: unknown) =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')

/** Signs without any JWT library, so that the stand-in's checks are checked by something else than their twin. */
export function sign (payload: unknown, key = secret, header: object = { alg: 'HS256', typ: 'JWT' }): string {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`
}

/** A JWT of Ann's that is good right now, but for the claims given. */
export function annsJwt (claims: Record<string, unknown> = {}): string {
  return sign({ email: 'ann@example.com', iat: clock, exp: clock + 600, ...claims })
}
