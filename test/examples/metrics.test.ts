import t from 'tap'
import { needs, SECRET_MISSING, sessionEnv, startExample } from '../helpers/example.js'
import { standIn } from '../helpers/host.js'

const EXAMPLE = 'metrics'
const metabase = await standIn(t)
const env = sessionEnv(metabase)

t.test('sign-ins are counted, and exchanges measured', async t => {
  t.teardown(() => metabase.fail(null))
  const url = await startExample(t, EXAMPLE, env).url
  await fetch(`${url}/sso/metabase`)
  await fetch(`${url}/sso/metabase?response=json`)
  metabase.fail('account-needed')
  await fetch(`${url}/sso/metabase`)

  const response = await fetch(`${url}/metrics`)
  t.match(response.headers.get('content-type'), /^text\/plain/)
  const text = await response.text()
  const values = new Map([...text.matchAll(/^(\w+\{.*\}) (\S+)$/gm)].map(([, series, value]) => [series, Number(value)]))
  t.equal(values.get('metabase_sso_sign_ins_total{answer="session",code="",reused="false"}'), 1)
  t.equal(values.get('metabase_sso_sign_ins_total{answer="jwt",code="",reused="false"}'), 1)
  const refused = 'code="METABASE_SSO_ACCOUNT_REFUSED"'
  t.equal(values.get(`metabase_sso_sign_ins_total{answer="session",${refused},reused="false"}`), 1)
  t.equal(values.get('metabase_sso_exchange_seconds_count{method="to_session",code=""}'), 1)
  t.equal(values.get(`metabase_sso_exchange_seconds_count{method="",${refused}}`), 1)
  t.ok(Number(values.get('metabase_sso_exchange_seconds_sum{method="to_session",code=""}')) > 0)
})

t.test('it says when the secret is missing', async t => {
  await needs(t, EXAMPLE, env, 'METABASE_JWT_SHARED_SECRET', SECRET_MISSING)
})
