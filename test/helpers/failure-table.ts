import type { LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import type { Failure } from '../../testing/index.js'
import { SECRET, SESSION_SECRET } from './host.js'

type Row = readonly [code: string, status: 403 | 502 | 504]

/** What each failure of Metabase should become, by section 4 of metabase-protocol.md and the design. Written by hand. */
export const failureTable: Readonly<Record<Failure, Row>> = {
  'sso-disabled': ['METABASE_SSO_SSO_DISABLED', 502],
  'open-source': ['METABASE_SSO_NOT_FOUND', 502],
  'sdk-embedding-disabled': ['METABASE_SSO_SDK_EMBEDDING_DISABLED', 502],
  'simple-embedding-disabled': ['METABASE_SSO_SIMPLE_EMBEDDING_DISABLED', 502],
  'wrong-secret': ['METABASE_SSO_SECRET_REFUSED', 502],
  'token-too-old': ['METABASE_SSO_TOKEN_TOO_OLD', 502],
  'token-expired': ['METABASE_SSO_TOKEN_EXPIRED', 502],
  'token-not-yet-valid': ['METABASE_SSO_TOKEN_FROM_FUTURE', 502],
  'time-not-a-number': ['METABASE_SSO_STATUS_UNEXPECTED', 502],
  'account-needed': ['METABASE_SSO_ACCOUNT_REFUSED', 403],
  'missing-email': ['METABASE_SSO_EMAIL_CLAIM_UNKNOWN', 502],
  'tenant-not-a-string': ['METABASE_SSO_STATUS_UNEXPECTED', 502], // refused before signing
  'tenant-on-internal-user': ['METABASE_SSO_TENANT_ON_INTERNAL_USER', 403],
  'tenant-required': ['METABASE_SSO_TENANT_REQUIRED', 403],
  'tenant-mismatch': ['METABASE_SSO_TENANT_MISMATCH', 403],
  'tenant-inactive': ['METABASE_SSO_TENANT_INACTIVE', 403],
  'tenant-info-mismatch': ['METABASE_SSO_STATUS_UNEXPECTED', 502],
  'tenants-disabled': ['METABASE_SSO_TENANTS_DISABLED', 403],
  'tenant-group-mismatch': ['METABASE_SSO_STATUS_UNEXPECTED', 502],
  'invalid-redirect': ['METABASE_SSO_REDIRECT_REFUSED', 502],
  'ambiguous-path': ['METABASE_SSO_STATUS_UNEXPECTED', 502],
  'post-not-valid': ['METABASE_SSO_POST_NOT_SUPPORTED', 502],
  'body-too-large': ['METABASE_SSO_STATUS_UNEXPECTED', 502],
  'saml-refused': ['METABASE_SSO_STATUS_UNEXPECTED', 502],
  'jwt-disabled': ['METABASE_SSO_SSO_DISABLED', 502],
  'jwt-missing': ['METABASE_SSO_TOKEN_MISSING', 502],
  'gateway-404-page': ['METABASE_SSO_NOT_FOUND', 502],
  'gateway-404-text': ['METABASE_SSO_NOT_FOUND', 502],
  'gateway-404-json': ['METABASE_SSO_NOT_FOUND', 502],
  'gateway-405-page': ['METABASE_SSO_STATUS_UNEXPECTED', 502],
  'gateway-502': ['METABASE_SSO_GATEWAY_FAILED', 502],
  'gateway-503': ['METABASE_SSO_GATEWAY_FAILED', 502],
  'gateway-504': ['METABASE_SSO_GATEWAY_FAILED', 502],
  'gateway-520': ['METABASE_SSO_GATEWAY_FAILED', 502],
  'login-redirect': ['METABASE_SSO_REDIRECTED', 502],
  'basic-auth-401': ['METABASE_SSO_STATUS_UNEXPECTED', 502],
  'waf-403-page': ['METABASE_SSO_STATUS_UNEXPECTED', 502],
  'payload-413': ['METABASE_SSO_STATUS_UNEXPECTED', 502],
  'uri-414': ['METABASE_SSO_STATUS_UNEXPECTED', 502],
  'rate-limit-429': ['METABASE_SSO_STATUS_UNEXPECTED', 502],
  'headers-431': ['METABASE_SSO_STATUS_UNEXPECTED', 502],
  'maintenance-200': ['METABASE_SSO_ANSWER_NOT_JSON', 502],
  'html-200': ['METABASE_SSO_ANSWER_NOT_JSON', 502],
  unlisted: ['METABASE_SSO_STATUS_UNEXPECTED', 502],
  hang: ['METABASE_SSO_TIMEOUT', 504],
  drip: ['METABASE_SSO_TIMEOUT', 504],
  reset: ['METABASE_SSO_UNREACHABLE', 502],
  'reset-mid-body': ['METABASE_SSO_UNREACHABLE', 502],
  'truncated-json': ['METABASE_SSO_ANSWER_MALFORMED', 502],
  'huge-body': ['METABASE_SSO_ANSWER_TOO_LARGE', 502],
  'gzip-bomb': ['METABASE_SSO_ANSWER_MALFORMED', 502], // nobody asked for gzip
  'redirect-loop': ['METABASE_SSO_REDIRECTED', 502],
  'wrong-length': ['METABASE_SSO_UNREACHABLE', 502]
}

/** All that a browser is told, by status. */
const sentences: Readonly<Record<Row[1], readonly string[]>> = {
  403: ['This account is not allowed to sign in to Metabase.'],
  502: ['Metabase does not accept sign-ins from this app at the moment.', 'Metabase could not be reached or gave no usable answer.'],
  504: ['Metabase did not answer in time.']
}

/** Checks an answer against the table, and that it tells the browser that much and nothing else. */
export function checkFailure (t: Test, failure: Failure, response: LightMyRequestResponse): void {
  const [code, status] = failureTable[failure]
  const { error, ...rest } = response.json()
  t.strictSame([response.statusCode, rest], [status, { status: 'error', message: 'authentication failed', code }], failure)
  t.ok(sentences[status].includes(error), `${failure}: ${error}`)
  t.equal(response.headers['cache-control'], 'no-store')
  for (const secret of [SECRET, SESSION_SECRET, 'eyJ']) t.notMatch(response.body + JSON.stringify(response.headers), secret)
}
