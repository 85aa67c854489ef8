import { fileURLToPath } from 'node:url'
import { generate } from 'selfsigned'
import t, { type Test } from 'tap'
import { Agent } from 'undici'
import type { MetabaseSsoOptions } from '../../index.js'
import { startApp } from '../helpers/app-process.js'
import { ORIGIN, SECRET, standIn, startHost, type AppUser, type Host } from '../helpers/host.js'
import { ownMetabase, silent } from '../helpers/own-metabase.js'
import { until } from '../helpers/until.js'

const OTHER = SECRET.replaceAll('f', 'e')
const LOCAL = { port: 0, host: '127.0.0.1' }

/** A host whose `verify` is the default, and a Metabase in which all is right. */
async function verifying (
  t: Test, options: Partial<MetabaseSsoOptions<AppUser>> & { prefix?: string } = {}
): Promise<Host> {
  const host = await startHost(t, { options: { verify: undefined, ...options } })
  host.metabase.settings.corsOrigins = [ORIGIN]
  return host
}

const warnings = ({ logs }: Host) => logs.filter(({ check }) => check !== undefined)

/** Waits for the last check of a run. */
const verified = ({ metabase }: Host): Promise<void> => until(() => metabase.requests.some(({ path }) => path === '/'))

/** Waits until an app that starts now has asked everything: so would have an app that started before. */
async function anotherVerifies (t: Test): Promise<void> {
  inEnvironment(t, 'production')
  const another = await verifying(t)
  await another.app.listen(LOCAL)
  await verified(another)
}

/** Sets NODE_ENV for this test. */
function inEnvironment (t: Test, name: string): void {
  const { NODE_ENV } = process.env
  process.env.NODE_ENV = name
  t.teardown(() => { process.env.NODE_ENV = NODE_ENV ?? '' })
}

t.test('the plugin logs what is wrong once the app listens, a line each with its fix', async t => {
  const host = await verifying(t)
  host.metabase.secret = OTHER
  host.metabase.settings.corsOrigins = []
  await host.app.listen(LOCAL)
  await until(() => warnings(host).length === 2)
  t.match(warnings(host), [
    {
      level: 40,
      check: 'secret',
      msg: /^Metabase is not set up for this app: `secret` is not the JWT signing key of Metabase\. Copy the JWT signing key/,
      fix: /^Copy the JWT signing key from Metabase/,
      docs: 'docs/troubleshooting.md#secret'
    },
    { level: 40, check: 'cors', detail: /https:\/\/app\.example\.com/, fix: /^Add the origin/ }
  ])
  await verified(host)
  t.strictSame([host.metabase.logins, host.metabase.users.size], [0, 0])
})

for (const [options, path] of [
  [{ path: '/bi', namespace: 'eu' }, '/bi'],
  [{ prefix: '/v1' }, '/v1/sso/metabase'],
  [{ prefix: '/v1/' }, '/v1/sso/metabase']
] as const) {
  t.test(`the plugin logs nothing where all is right: ${JSON.stringify(options)}`, async t => {
    const host = await verifying(t, options)
    host.metabase.identityProviderUri = `https://app.example.com${path}`
    await host.app.listen(LOCAL)
    await verified(host)
    t.strictSame(warnings(host), [])
  })
}

t.test('the plugin finds a route that is not where the identity provider URI points', async t => {
  const host = await verifying(t, { path: '/elsewhere' })
  await host.app.listen(LOCAL)
  await until(() => warnings(host).length === 1)
  t.match(
    warnings(host),
    [{ check: 'identity-provider', detail: 'http://localhost:3000/sso/metabase in Metabase, /elsewhere here' }]
  )
})

t.test('the plugin asks nothing at the start where it must not', async t => {
  const dispatcher = new Agent()
  t.teardown(() => dispatcher.close())
  for (const [name, options, environment] of [
    ['verify: false', { verify: false }, 'production'],
    ['a dispatcher', { dispatcher }, 'production'],
    ['NODE_ENV=test', {}, 'test']
  ] as const) {
    t.test(name, async t => {
      inEnvironment(t, environment)
      const host = await verifying(t, options)
      await host.app.listen(LOCAL)
      await anotherVerifies(t)
      t.strictSame(host.metabase.requests, [])
    })
  }
  t.test('inject', async t => {
    const host = await verifying(t)
    await host.app.inject('/sso/metabase')
    await anotherVerifies(t)
    t.strictSame(host.metabase.requests, [])
  })
})

t.test('a Metabase that hangs delays neither the start nor the end, and the log is silent after it', async t => {
  const own = await ownMetabase(t, { properties: silent })
  const host = await verifying(t, { instanceUrl: own.url, timeout: 60_000 })
  await host.app.listen(LOCAL)
  await until(() => own.steps.length === 1)
  await host.app.close()
  await until(() => own.open.size === 0)
  t.strictSame(warnings(host), [])
  t.strictSame(own.steps, ['properties'])
})

t.test('what the check at the start meets says nothing to the circuit breaker', async t => {
  const host = await verifying(t)
  host.metabase.fail('gateway-502')
  await host.app.listen(LOCAL)
  await until(() => warnings(host).length === 1)
  t.match(warnings(host), [{ check: 'response', msg: /something in front of Metabase answers that it is down/ }])
  host.metabase.fail(null)
  t.match(await host.app.metabaseSso.exchange({ email: 'ann@example.com' }), { status: 'ok' })
})

t.test('the plugin logs a certificate that this server does not trust', async t => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'metabase' }])
  const { url } = await standIn(t, { https: { key, cert } })
  const host = await verifying(t, { instanceUrl: url })
  await host.app.listen(LOCAL)
  await until(() => warnings(host).length === 1)
  t.match(warnings(host), [{ check: 'tls', fix: /^Set NODE_EXTRA_CA_CERTS/ }])
})

t.test('a log that throws does not end the process', async t => {
  const host = await verifying(t)
  host.metabase.secret = OTHER
  let lines = 0
  host.app.log.warn = () => {
    lines++
    throw new Error('the disk is full')
  }
  await host.app.listen(LOCAL)
  await until(() => lines === 1)
  await host.app.close()
  t.equal(lines, 1)
})

t.test('the check at the start does not keep a process alive', async t => {
  const own = await ownMetabase(t, { properties: silent })
  const script = fileURLToPath(new URL('unreferenced-app.js', import.meta.url))
  const app = startApp(t, script, { METABASE: own.url, SECRET })
  t.strictSame(await app.exited, [0, null])
  t.match(app.output(), 'the process ends')
  t.notMatch(app.output(), 'not set up', 'and not after what is under way')
  t.strictSame(own.steps, ['properties'])
})
