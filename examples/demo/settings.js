import { isIPv6 } from 'node:net'

/**
 * @typedef {object} Settings
 * @property {string} host address to listen on
 * @property {string} browserHost the name by which a browser reaches it
 * @property {number} port
 * @property {{ instanceUrl: string, secret: string, embeddingSecret?: string } | undefined} ownMetabase used in place
 * of the stand-in
 * @property {number[]} questionIds what the page with the SDK shows
 */

/**
 * Reads PORT, HOST, METABASE_INSTANCE_URL, METABASE_JWT_SHARED_SECRET, METABASE_EMBEDDING_SECRET_KEY and
 * METABASE_QUESTION_ID.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Settings}
 */
export function readSettings ({
  PORT, HOST, METABASE_INSTANCE_URL: instanceUrl, METABASE_JWT_SHARED_SECRET: secret,
  METABASE_EMBEDDING_SECRET_KEY: embeddingSecret, METABASE_QUESTION_ID: questionId
}) {
  if (Boolean(instanceUrl) !== Boolean(secret)) {
    throw new Error('Set METABASE_INSTANCE_URL and METABASE_JWT_SHARED_SECRET both, or neither')
  }
  const host = HOST || loopbackOf(instanceUrl)
  return {
    host,
    browserHost: browserHostOf(host),
    port: readPort(PORT),
    ownMetabase: instanceUrl ? { instanceUrl: instanceUrl.replace(/\/+$/, ''), secret, embeddingSecret } : undefined,
    questionIds: instanceUrl ? [readQuestionId(questionId)] : [2, 1]
  }
}

/** The same site as a Metabase on this machine: from another one its cookie would not reach the frame. */
function loopbackOf (instanceUrl) {
  return URL.canParse(instanceUrl) && new URL(instanceUrl).hostname === 'localhost' ? 'localhost' : '127.0.0.1'
}

function browserHostOf (host) {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return isIPv6(host) ? `[${host}]` : host
}

function readPort (text) {
  const port = Number(text || 3000)
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(
      'PORT must be a whole number from 0 to 65535'
    )
  }
  return port
}

function readQuestionId (text) {
  const id = Number(text || 1)
  if (!Number.isInteger(id) || id < 1) throw new Error('METABASE_QUESTION_ID must be the number of a question')
  return id
}
