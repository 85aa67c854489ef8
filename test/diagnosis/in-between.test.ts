import t, { type Test } from 'tap'
import { diagnose } from '../../lib/diagnosis/diagnose.js'
import type { DiagnosisReport } from '../../lib/diagnosis/report.js'
import { faultsOf, setUp } from '../helpers/diagnosis.js'
import { frontProxy, type Passing } from '../helpers/front-proxy.js'
import { ORIGIN, SECRET } from '../helpers/host.js'

/** Diagnoses a Metabase behind a proxy, whose site URL is that of the proxy. */
async function behind (t: Test, change: (passing: Passing) => void, secret = SECRET): Promise<DiagnosisReport> {
  const { metabase, settings } = await setUp(t)
  const instanceUrl = await frontProxy(t, metabase.url, change)
  metabase.settings.siteUrl = instanceUrl
  return await diagnose({ ...settings, instanceUrl, secret: [secret] })
}

const detailOf = ({ checks }: DiagnosisReport, name: string) => checks.find(({ id }) => id === name)?.detail

const policies: Array<[policy: string | undefined, frame: string | undefined, isAllowed: boolean]> = [
  [undefined, undefined, true],
  [undefined, 'DENY', false],
  ["default-src 'none'; frame-ancestors https://a.example https://app.example.com", 'DENY', true],
  ['frame-ancestors *', undefined, true],
  ['frame-ancestors app.example.com', undefined, true],
  ['frame-ancestors *.example.com', undefined, true],
  ["frame-ancestors 'none'", undefined, false],
  ['frame-ancestors https://example.com', undefined, false],
  ['frame-ancestors http://app.example.com', undefined, false]
]
for (const [policy, frame, isAllowed] of policies) {
  t.test(`diagnose reads the headers of frames as browsers do: ${policy}, ${frame}`, async t => {
    const report = await behind(t, ({ path, headers }) => {
      if (path === '/') Object.assign(headers, { 'content-security-policy': policy, 'x-frame-options': frame })
      for (const [name, value] of Object.entries(headers)) if (value === undefined) delete headers[name]
    })
    t.strictSame(faultsOf(report), isAllowed ? [] : ['frame-ancestors warn'])
    t.equal(detailOf(report, 'frame-ancestors'), isAllowed ? undefined : ORIGIN)
  })
}

for (const date of [undefined, 'soon', ['soon', 'later']]) {
  t.test(`diagnose takes the word of Metabase for the clocks where its Date is ${String(date)}`, async t => {
    const report = await behind(t, ({ headers }) => {
      delete headers.date
      if (date !== undefined) headers.date = date
    })
    t.strictSame(faultsOf(report), [])
    t.match(report.checks.find(({ id }) => id === 'clock'), {
      status: 'pass', detail: 'no response of Metabase tells its time; it finds a fresh JWT in time'
    })
  })
}

t.test('diagnose skips the clocks where neither a Date nor Metabase tells of them', async t => {
  const report = await behind(t, passing => {
    passing.headers.date = 'soon'
    if (passing.method === 'POST') passing.body = 'Something went wrong'
  })
  t.match(report.checks.find(({ id }) => id === 'clock'), {
    status: 'skip', detail: 'no response of Metabase tells its time'
  })
})

t.test('diagnose passes on what the second request for a JWT meets', async t => {
  let posts = 0
  const report = await behind(t, passing => {
    if (passing.method === 'POST' && ++posts > 1) Object.assign(passing, { status: 429, body: '' })
  })
  t.strictSame(faultsOf(report), ['secret fail'])
  t.match(
    report.checks.find(({ id }) => id === 'secret'),
    { summary: 'something in front of Metabase refused with status 429' }
  )
})

t.test('diagnose tells a failure of discovery in the words of its error', async t => {
  const report = await behind(t, passing => {
    if (passing.path.startsWith('/auth/sso?')) Object.assign(passing, { status: 502, body: '' })
  })
  t.strictSame(faultsOf(report), ['jwt-sso fail'])
  t.match(report.checks.find(({ id }) => id === 'jwt-sso'), {
    summary: 'something in front of Metabase answered with status 502', fix: /^Look at the proxy and at Metabase/
  })
})

t.test('a firewall that knows no guest embeds does not hide that the secret is wrong', async t => {
  const report = await behind(t, passing => {
    if (passing.path.startsWith('/api/embed/')) Object.assign(passing, { status: 403, body: '' })
  }, 'e'.repeat(64))
  t.strictSame(faultsOf(report), ['secret fail', 'guest-embedding fail'])
  t.match(
    report.checks.find(({ id }) => id === 'secret'), { summary: '`secret` is not the JWT signing key of Metabase' }
  )
})

t.test('diagnose says where the identity provider URI points where it knows no route', async t => {
  const { metabase, settings } = await setUp(t)
  metabase.identityProviderUri = 'https://app.example.com/elsewhere'
  const { ok, checks } = await diagnose({ ...settings, path: undefined })
  t.match(checks.find(({ id }) => id === 'identity-provider'), {
    status: 'skip', detail: 'Metabase has https://app.example.com/elsewhere; pass --app-url to compare'
  })
  t.equal(ok, true)
})

t.test('diagnose names a proxy that takes every CORS header away', async t => {
  const report = await behind(t, ({ headers }) => { delete headers['access-control-allow-origin'] })
  t.strictSame(faultsOf(report), ['cors fail'])
  t.equal(detailOf(report, 'cors'), `${ORIGIN}; http://localhost:3000 is not let in, either`)
})

t.test('diagnose minds http for a public name, unless browsers have another address', async t => {
  const settings = { instanceUrl: 'http://metabase.invalid', secret: [SECRET] as const }
  t.strictSame(faultsOf(await diagnose(settings)), ['address fail', 'https warn'])
  t.strictSame(faultsOf(await diagnose({ ...settings, publicUrl: 'https://bi.example.com' })), ['address fail'])
})
