import { createHmac } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { doctor, rightSetup } from '../helpers/doctor.js'
import { setEnvironment, startProxy } from '../helpers/proxy.js'

/** Lists the JWTs that undici sends, each with the origin that it is for. */
function listJwts (t: Test): Array<{ origin: string, jwt: string }> {
  const jwts: Array<{ origin: string, jwt: string }> = []
  function onRequest (message: unknown): void {
    const { request: { origin, path, body } } = message as { request: { origin: unknown, path: string, body: unknown } }
    const found = `${path} ${String(body)}`.matchAll(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g)
    for (const [jwt] of found) jwts.push({ origin: String(origin), jwt })
  }
  subscribe('undici:request:create', onRequest)
  t.teardown(() => unsubscribe('undici:request:create', onRequest))
  return jwts
}

function isSignedBy (jwt: string, key: string): boolean {
  const end = jwt.lastIndexOf('.')
  return createHmac('sha256', key).update(jwt.slice(0, end)).digest('base64url') === jwt.slice(end + 1)
}

t.test('doctor --record asks the stand-in past the proxy, with keys of its own', async t => {
  const { env, metabase } = await rightSetup(t)
  const { url, tunnels } = await startProxy(t)
  setEnvironment(t, { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: url, http_proxy: url, NO_PROXY: '', no_proxy: '' })
  const folder = await mkdtemp(join(tmpdir(), 'fastify-metabase-sso-'))
  t.teardown(async () => await rm(folder, { recursive: true }))
  const file = join(folder, 'report.json')
  const jwts = listJwts(t)
  const signIn = ['--allow-sign-in', '--claims', '{"email":"ann@example.com"}']
  t.equal((await doctor(['--instance-url', metabase.url, ...signIn, '--record', file], env)).status, 0)

  t.strictSame(JSON.parse(await readFile(file, 'utf8')).differences, [])
  t.strictSame([...new Set(tunnels)], [new URL(metabase.url).host])
  const isOfTheApp = ({ jwt }: { jwt: string }): boolean => Object.values(env).some(key => isSignedBy(jwt, key))
  const [toMetabase, toStandIn] = [true, false].map(isReal =>
    jwts.filter(({ origin }) => (origin === metabase.url) === isReal))
  t.ok(toMetabase?.some(isOfTheApp))
  t.ok(toStandIn?.length)
  t.notOk(toStandIn?.some(isOfTheApp))
})
