// Breaks lib/ in many ways, one at a time, and shows which breaks no test notices:
//   npm run test:mutation                            all of lib/: hours
//   npm run test:mutation lib/guest lib/claims.ts    these
// What a run found is kept in reports/, and the next run tries again only what has changed.
import { Stryker } from '@stryker-mutator/core'
import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The tests of each folder or file of lib/. Of these, a mutant gets the files that reach it. */
export const TESTS = {
  'lib/claims.ts': ['claims', 'exchange/tenants', 'route/require-tenant'],
  'lib/decorator.ts': ['route', 'guest', 'logout', 'composition', 'options', 'exchange', 'diagnosis/decorator'],
  'lib/errors.ts': [
    'log', 'options', 'guest/options', 'faults/table', 'faults/transport-errors', 'load/overload', 'route/failure-body',
    'route/host-errors'
  ],
  'lib/package.ts': ['log/docs'],
  'lib/plugin.ts': [
    'composition', 'diagnosis/verify', 'exchange/env-proxy', 'exchange/secret-function-fails', 'guest/alone',
    'guest/options', 'load/close', 'log/email', 'logout/own-store', 'logout/route', 'logout/store-fails',
    'options/refused', 'options/warnings', 'route/jwt-answer'
  ],
  'lib/redact.ts': ['log', 'faults/quoted-credentials', 'faults/dispatcher-errors'],
  'lib/timeout.ts': ['load', 'faults', 'route'],
  'lib/tracing.ts': ['observability'],
  'lib/values.ts': ['claims', 'guest', 'options'],
  'lib/diagnosis/app.ts': ['diagnosis/app-url', 'doctor/app'],
  'lib/diagnosis/checks.ts': ['package/readme-tables', 'diagnosis/run', 'diagnosis/coverage', 'doctor/groups'],
  'lib/diagnosis/diagnose.ts': [
    'diagnosis/run', 'diagnosis/app-url', 'diagnosis/decorator', 'diagnosis/foreign-values', 'diagnosis/in-between',
    'diagnosis/sign-in', 'diagnosis/sign-in-time', 'diagnosis/verify', 'doctor'
  ],
  'lib/diagnosis/instance.ts': [
    'diagnosis/faults-network', 'diagnosis/faults-instance', 'diagnosis/faults-sso', 'diagnosis/faults-embedding',
    'diagnosis/decorator', 'diagnosis/foreign-values', 'diagnosis/in-between', 'diagnosis/network', 'diagnosis/releases',
    'diagnosis/run', 'diagnosis/sign-in'
  ],
  'lib/diagnosis/run.ts': ['diagnosis', 'doctor/environment'],
  'lib/diagnosis/secrets.ts': [
    'diagnosis/faults-guest', 'diagnosis/faults-secret', 'diagnosis/keys-and-clocks', 'diagnosis/decorator',
    'diagnosis/in-between', 'diagnosis/sign-in'
  ],
  'lib/diagnosis/sign-in.ts': [
    'diagnosis/sign-in', 'diagnosis/sign-in-time', 'diagnosis/foreign-values', 'diagnosis/hanging', 'doctor/sign-in'
  ],
  'lib/guest': ['guest'],
  'lib/host': ['route', 'claims', 'logout', 'log', 'load', 'composition', 'faults'],
  'lib/jwt': [
    'exchange/key-loop', 'exchange/probe', 'exchange/secret', 'exchange/secret-function-fails', 'exchange/secret-kept',
    'exchange/several-keys', 'exchange/token-lifetime', 'exchange/wrong-secret', 'route/jwt-answer',
    'route/token-too-large', 'guest/sign'
  ],
  'lib/metabase': ['exchange', 'protocol', 'observability'],
  'lib/metabase/call-policy.ts': ['load', 'exchange/several-keys', 'logout/metabase-down'],
  'lib/metabase/circuit-breaker.ts': ['load'],
  'lib/metabase/concurrency-limit.ts': ['load/abort', 'load/many-logouts', 'load/overload', 'load/owner-limit'],
  'lib/metabase/dispatcher.ts': [
    'exchange/dispatcher-proxy', 'exchange/env-proxy', 'exchange/keep-alive', 'load/close', 'load/overload',
    'diagnosis/verify'
  ],
  'lib/metabase/responses.ts': [
    'protocol', 'faults/table', 'faults/leaking-answers', 'faults/first-sign-in', 'faults/not-a-session',
    'faults/retry-after', 'faults/unlisted-status', 'exchange/probe', 'exchange/revoke', 'exchange/session-times',
    'exchange/switched-off', 'exchange/to-session-answer', 'exchange/wrong-secret'
  ],
  'lib/metabase/revocation.ts': ['logout', 'exchange/revoke'],
  'lib/metabase/sso-url.ts': ['route', 'exchange/jwt-out-of-urls'],
  'lib/metabase/transport.ts': [
    'exchange/base-path', 'exchange/headers', 'exchange/unreachable-addresses', 'exchange/user-agent',
    'faults/dispatcher-errors', 'faults/huge-body', 'faults/leaking-answers', 'faults/not-a-session',
    'faults/old-dispatcher', 'faults/quoted-credentials', 'faults/redirects', 'faults/transport-errors', 'load/abort',
    'load/dead-connection', 'load/half-closed', 'diagnosis/network'
  ],
  'lib/options/origin.ts': ['options', 'cors'],
  'lib/options/secret.ts': ['options', 'exchange/secret', 'exchange/several-keys', 'guest/options'],
  'lib/options': ['options', 'cors', 'guest', 'route', 'exchange'],
  'lib/routes/cors.ts': ['cors', 'route'],
  'lib/routes/csrf.ts': ['route', 'guest/cross-site', 'logout/cross-site', 'cors'],
  'lib/routes': ['route', 'cors', 'guest', 'log', 'logout', 'composition', 'faults', 'observability/sign-in'],
  'lib/sessions': ['logout', 'load/cache', 'load/single-flight', 'load/owner-limit', 'faults/store-hangs']
}

/** Left out unless named as a file above: they take seconds, and others notice what they notice. */
const SLOW = [
  'cors/host-routes', 'exchange/rotation-under-load', 'faults/deadline', 'faults/error-causes', 'faults/first-sign-in',
  'faults/hints', 'faults/later-sign-in', 'faults/no-answer', 'faults/not-a-session', 'faults/own-functions',
  'faults/tls', 'faults/unlisted-status', 'guest/property'
]

/** Milliseconds of tests that a mutant gets at most: one that survives costs all of them. */
const BUDGET_MS = 10_000

/** At least so many of a hundred breaks have to be noticed. */
const THRESHOLD = 90

/** Tries every break of one folder or file. Returns the share of those that were noticed, in percent. */
async function mutate (place) {
  const tests = TESTS[place] ?? Object.entries(TESTS).find(([name]) => place.startsWith(`${name}/`))?.[1]
  if (tests === undefined) throw new Error(`There is no entry for ${place} in tools/mutation.js`)
  const own = Object.keys(TESTS).filter(name => name.startsWith(`${place}/`)) // with tests of their own
  const results = await new Stryker({
    mutate: statSync(place).isDirectory() ? [`${place}/**/*.ts`, ...own.map(name => `!${name}`)] : [place],
    buildCommand: 'node tools/transpile.js',
    plugins: ['./tools/mutation-runner.js'],
    testRunner: 'files',
    mutation: { tests, slow: SLOW, budget: BUDGET_MS },
    ignorers: ['prose'],
    coverageAnalysis: 'perTest',
    checkers: [],
    concurrency: 2,
    timeoutMS: 60_000,
    timeoutFactor: 3,
    incremental: true,
    incrementalFile: `reports/mutation/${place.replaceAll('/', '-')}.json`,
    reporters: ['clear-text', 'progress-append-only'],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
    warnings: { unknownOptions: false, slow: false },
    ignorePatterns: ['.tap', '.build', 'dist', 'reports'],
    tempDirName: '.stryker-tmp'
  }).runMutationTest()
  const noticed = results.filter(({ status }) => status === 'Killed' || status === 'Timeout').length
  const missed = results.filter(({ status }) => status === 'Survived' || status === 'NoCoverage').length
  return noticed / (noticed + missed) * 100
}

/** Entries that a place stands for: those below it where it has none of its own. */
function entriesOf (place) {
  const below = Object.keys(TESTS).filter(name => name.startsWith(`${place}/`))
  return place in TESTS || below.length === 0 ? [place] : below
}

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const places = process.argv.slice(2).flatMap(entriesOf)
const scores = new Map()
for (const place of places.length > 0 ? places : Object.keys(TESTS)) scores.set(place, await mutate(place))
for (const [place, score] of scores) console.log(`${place}: ${score.toFixed(1)} % of the breaks are noticed`)
if ([...scores.values()].some(score => score < THRESHOLD)) process.exitCode = 1
