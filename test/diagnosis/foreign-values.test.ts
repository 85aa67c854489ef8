import t, { type Test } from 'tap'
import { createClaimsCheck } from '../../lib/claims.js'
import { diagnose } from '../../lib/diagnosis/diagnose.js'
import type { DiagnosisReport, DiagnosisRequest } from '../../lib/diagnosis/report.js'
import { readProperties } from '../../lib/metabase/responses.js'
import { faultsOf, setUp } from '../helpers/diagnosis.js'
import { frontProxy } from '../helpers/front-proxy.js'
import { ANN } from '../helpers/host.js'

/** Has neither a text nor a number: `String()` throws. */
const ODD = { toString: 1, valueOf: 1 }

/** Diagnoses a Metabase, in whose JSON for GET requests at a path some values are others. */
async function changed (
  t: Test, path: string, values: object, request: DiagnosisRequest = {}
): Promise<DiagnosisReport> {
  const { metabase, settings } = await setUp(t)
  const instanceUrl = await frontProxy(t, metabase.url, passing => {
    if (passing.method !== 'GET' || !passing.path.startsWith(path) || !passing.body.startsWith('{')) return
    passing.body = JSON.stringify({ ...JSON.parse(passing.body), ...values })
  })
  metabase.settings.siteUrl = instanceUrl
  return await diagnose({ ...settings, instanceUrl }, request)
}

const PROPERTIES = '/api/session/properties'
const DISCOVERY = '/auth/sso?preferred_method=jwt'

const checkOf = ({ checks }: DiagnosisReport, name: string) => checks.find(({ id }) => id === name)

/** With the quadratic search for trailing slashes, one of 1 MiB took half an hour. */
const LONG = `https://app.example.com${'/'.repeat(1_000_000)}x`

const urls: Array<[id: string, path: string, values: (url: unknown) => object]> = [
  ['site-url', PROPERTIES, url => ({ 'site-url': url })],
  ['identity-provider', DISCOVERY, url => ({ url })]
]
for (const [id, path, values] of urls) {
  t.test(`diagnose does not compare a URL of a megabyte: ${id}`, async t => {
    const report = await changed(t, path, values(LONG))
    t.strictSame(faultsOf(report), [`${id} warn`])
    t.match(checkOf(report, id), { detail: 'what it has is longer than 2000 characters' })
  })

  t.test(`diagnose shows neither user name nor password of a URL: ${id}`, async t => {
    for (const url of ['https://u5er:pa55@other.example.com/sso?pa55', 'u5er:pa/55@other.example.com/sso']) {
      const report = await changed(t, path, values(url))
      const check = checkOf(report, id)
      t.match(check?.status, /^(warn|fail)$/)
      t.notMatch(JSON.stringify(report), /u5er|pa55|pa.55/)
      if (check?.detail !== undefined) t.match(check.detail, /^(https:\/\/)?other\.example\.com\/sso\b/)
    }
  })
}

t.test('diagnose takes a site URL that is no URL, or no text, for none', async t => {
  for (const siteUrl of ['bi', ODD]) {
    const report = await changed(t, PROPERTIES, { 'site-url': siteUrl })
    t.match(checkOf(report, 'site-url'), { status: 'warn', detail: undefined, summary: 'Metabase has no site URL' })
  }
})

t.test('diagnose skips over a version that is no text', async t => {
  const report = await changed(t, PROPERTIES, { version: { tag: ODD } })
  t.strictSame(faultsOf(report), [])
  t.equal(report.version, undefined)
})

t.test('an exchange takes a version that is no text for none', async t => {
  const response = { status: 200, type: 'application/json', headers: {} }
  for (const version of [{ tag: ODD }, { tag: 58 }, null, 'v1.58.2']) {
    t.equal(readProperties({ ...response, body: JSON.stringify({ version }) }), undefined)
  }
})

t.test('diagnose shows no id of an account that is no number', async t => {
  const claims = () => createClaimsCheck({})({ email: ANN.email })
  const report = await changed(t, '/api/user/current', { id: ODD }, { claims })
  t.strictSame(faultsOf(report), [])
  t.match(checkOf(report, 'account'), { detail: 'account without an id, by to_session; its session is ended' })
})
