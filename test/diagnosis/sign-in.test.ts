import t from 'tap'
import { createClaimsCheck, type ClaimNames } from '../../lib/claims.js'
import { diagnose } from '../../lib/diagnosis/diagnose.js'
import type { DiagnosisCheck } from '../../lib/diagnosis/report.js'
import { errorCodes } from '../../lib/errors.js'
import { checkFault, faultsOf, setUp } from '../helpers/diagnosis.js'
import { VERSIONS } from '../helpers/exchange.js'
import { refusalFaults } from '../helpers/faults/refusals.js'
import { CLAIMS, setUpSignIn, signInAs, signInFaults } from '../helpers/faults/sign-in.js'
import { ANN, SECRET } from '../helpers/host.js'

const signIn = (claims: object = CLAIMS, names: ClaimNames = {}) => ({ claims: () => createClaimsCheck(names)(claims) })

const ofId = (checks: DiagnosisCheck[], id: string) => checks.find(check => check.id === id)

for (const version of VERSIONS) {
  t.test(`diagnose signs a user in to ${version}, and ends the session`, async t => {
    const { metabase, settings } = await setUpSignIn(t, version)
    const { ok, checks, notProven } = await diagnose(settings, signIn())
    t.strictSame(checks.filter(({ status }) => status !== 'pass'), [])
    t.equal(ok, true)
    t.match(ofId(checks, 'account')?.detail, /^account 1, by (to_session|token|hash); its session is ended$/)
    t.match(ofId(checks, 'groups')?.detail, '2 in the claims, 2 in Metabase')
    t.match(ofId(checks, 'attributes')?.detail, 'plan, seats')
    t.notMatch(notProven, [/sign-in/])
    t.equal(metabase.logins, 1)
    t.equal(metabase.sessions.size, 0)
  })
}

for (const [name, fault] of Object.entries(signInFaults)) {
  t.test(`diagnose names what Metabase made of the user, and its fix mends it: ${name}`, async t => {
    const setup = await setUpSignIn(t)
    await diagnose(setup.settings, signInAs(setup)) // the account is there
    await checkFault(t, fault, setup, signInAs(setup))
    t.equal(setup.metabase.sessions.size, 0)
  })
}

for (const [name, fault] of Object.entries(refusalFaults)) {
  t.test(`diagnose tells why Metabase does not sign the user in: ${name}`, async t => {
    const setup = await setUpSignIn(t)
    await diagnose(setup.settings, signInAs(setup)) // the account is there
    await checkFault(t, fault, setup, signInAs(setup))
    t.strictSame([setup.metabase.logins, setup.metabase.sessions.size], [2, 0], 'a sign-in before, and one after')
  })
}

t.test('diagnose says that a sign-in that is refused proves nothing', async t => {
  const { metabase, settings } = await setUpSignIn(t)
  metabase.settings.userProvisioning = false
  const { checks, notProven } = await diagnose(settings, signIn())
  t.match(ofId(checks, 'groups'), { status: 'skip', detail: 'the check account did not pass' })
  t.match(notProven, [/cookies/, /provisioning/])
  t.equal(metabase.logins, 0)
})

t.test('diagnose expects tenants where the claims name one', async t => {
  const { metabase, settings } = await setUpSignIn(t)
  metabase.settings.release = '63.1.2' // which can make an internal user of a tenant's
  metabase.settings.tenants = new Map([['acme', { active: true }]])
  t.strictSame(faultsOf(await diagnose(settings, signIn())), [])
  const ofTenant = { email: 'bao@example.com', '@tenant': 'acme' }
  t.strictSame(faultsOf(await diagnose(settings, signIn(ofTenant))), ['version warn'])
  const failing = () => { throw new errorCodes.METABASE_SSO_MAPPER_FAILED() }
  t.strictSame(faultsOf(await diagnose(settings, { claims: failing })), ['account fail'])
})

t.test('diagnose reads renamed claims by the names that the app has for them', async t => {
  const { metabase, settings } = await setUpSignIn(t)
  Object.assign(metabase.settings.claimNames, { email: 'mail', firstName: 'given', groups: 'roles' })
  const claimNames = { email: 'mail', first_name: 'given', groups: 'roles' }
  const { checks } = await diagnose({ ...settings, claimNames }, signIn(CLAIMS, claimNames))
  t.strictSame(checks.filter(({ status }) => status !== 'pass'), [])
})

t.test('diagnose goes through the candidates of the secret, as an exchange does', async t => {
  const { metabase, settings } = await setUp(t)
  const { checks } = await diagnose({ ...settings, secret: ['e'.repeat(64), SECRET] }, signIn({ email: ANN.email }))
  t.match(ofId(checks, 'secret'), { status: 'warn', detail: 'key 2 is the one' })
  t.match(ofId(checks, 'clock'), { status: 'pass' })
  t.match(ofId(checks, 'account'), { status: 'pass' })
  t.match(ofId(checks, 'groups'), { status: 'skip', detail: 'the claims name no groups' })
  t.equal(metabase.sessions.size, 0)
})

t.test('diagnose signs nobody in without a secret', async t => {
  const { metabase, settings } = await setUp(t)
  const { checks } = await diagnose({ ...settings, secret: undefined, guestSecret: undefined }, signIn())
  t.match(ofId(checks, 'secret'), { status: 'skip', detail: 'no secret is given' })
  t.match(
    checks.slice(-3),
    [{ id: 'account', status: 'skip' }, { id: 'groups', status: 'skip' }, { id: 'attributes', status: 'skip' }]
  )
  const only = await diagnose(
    { ...settings, secret: undefined, guestSecret: undefined }, { ...signIn(), only: ['sign-in'], skip: ['secret'] }
  )
  t.match(ofId(only.checks, 'account'), { status: 'skip', detail: 'no secret is given' })
  t.equal(metabase.logins, 0)
})

t.test('diagnose finds attributes in the one list that Metabase has up to v55', async t => {
  const { settings } = await setUp(t, 'v50')
  const { checks } = await diagnose(settings, signIn({ email: ANN.email, plan: 'pro' }))
  t.match(ofId(checks, 'attributes'), { status: 'pass', detail: 'plan' })
})

t.test('diagnose skips the groups where Metabase does not tell them', async t => {
  const setup = await setUpSignIn(t)
  setup.change = passing => { passing.body = passing.body.replace('group_ids', 'other') }
  const { checks } = await diagnose(setup.settings, { ...signIn(), only: ['sign-in'] })
  t.match(ofId(checks, 'groups'), { status: 'skip', detail: 'Metabase does not say which groups the account has' })
})

t.test('diagnose tells that a function of its caller throws, and does not quote it', async t => {
  const { metabase, settings } = await setUp(t)
  const claims = () => { throw new TypeError(`of the caller: ${SECRET}`) }
  const report = await diagnose(settings, { claims })
  t.match(ofId(report.checks, 'account'), {
    status: 'fail', summary: /^the check itself failed/, detail: 'TypeError', fix: /^Report this/
  })
  t.strictSame([faultsOf(report), report.ok, metabase.logins], [['account fail'], false, 0])
  t.notMatch(JSON.stringify(report), SECRET)
})

t.test('diagnose shows no detail of attributes where the claims have none', async t => {
  const { settings } = await setUp(t)
  const { checks } = await diagnose(settings, signIn({ email: ANN.email }))
  t.match(ofId(checks, 'attributes'), { status: 'pass', detail: undefined })
})
