import { randomBytes } from 'node:crypto'

/** What the stand-in can be, in plain words. */
export const versions = [
  { id: 'v50', label: 'up to v54' },
  { id: 'v55', label: 'v55' },
  { id: 'v56', label: 'v56' },
  { id: 'v58', label: 'v58 to v60' },
  { id: 'v61', label: 'v61 and later' }
]

/** What can be made to go wrong. */
export const faults = [
  { id: 'wrongSecret', label: 'Wrong secret', hint: 'Metabase has a new key.' },
  { id: 'sdkEmbeddingOff', label: 'SDK embedding off', hint: 'Frames and, from v56 on, sessions still work.' },
  { id: 'metabaseDown', label: 'Metabase down', hint: 'It drops every connection.' }
]

const NORMAL = { wrongSecret: false, sdkEmbeddingOff: false, metabaseDown: false }

/**
 * The switches of the page, and what they do to the stand-in.
 * @param {import('fastify-metabase-sso/testing').MetabaseStandIn} metabase
 */
export function createSwitches (metabase) {
  const { secret } = metabase
  const anotherSecret = randomBytes(32).toString('hex')
  let positions = { version: metabase.version, ...NORMAL }

  return {
    get positions () { return positions },
    /** @param {Partial<typeof positions>} changes */
    flip (changes) {
      positions = { ...positions, ...changes }
      metabase.version = positions.version
      metabase.secret = positions.wrongSecret ? anotherSecret : secret
      metabase.settings.sdkEmbedding = !positions.sdkEmbeddingOff
      metabase.fail(positions.metabaseDown ? 'reset' : null)
    }
  }
}

/** The body of a request that flips switches. */
export const changesSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    version: { type: 'string', enum: versions.map(({ id }) => id) },
    ...Object.fromEntries(faults.map(({ id }) => [id, { type: 'boolean' }]))
  }
}
