import { once } from 'node:events'
import { connect } from 'node:net'
import { generate } from 'selfsigned'
import t from 'tap'
import { Agent, request } from 'undici'
import { startMetabase, type MetabaseStandInOptions } from '../../testing/index.js'
import { annsJwt, secret } from './helpers/sign.js'
import { annsSession, ask, start } from './helpers/stand-in.js'
import { until } from '../helpers/until.js'

t.test('the stand-in listens on a free port of this machine', async t => {
  const [one, two] = [await start(t), await start(t)]
  t.match(one.url, /^http:\/\/127\.0\.0\.1:\d+$/)
  t.not(one.url, two.url)
})

t.test('the stand-in lives under a path prefix', async t => {
  const metabase = await start(t, { basePath: '/tools/metabase/' })
  t.match(metabase.url, /:\d+\/tools\/metabase$/)
  t.equal((await ask(metabase, '/api/user/current', { headers: await annsSession(metabase) })).status, 200)
  const signedIn = await ask(metabase, `/auth/sso?jwt=${annsJwt()}`)
  t.equal(signedIn.headers.get('location'), '/')
  t.match(signedIn.headers.get('set-cookie'), 'Path=/tools/metabase;')
  t.equal(
    (await ask(metabase, '/x')).headers.get('location'), '/tools/metabase/auth/sso?redirect=%2Ftools%2Fmetabase%2Fx'
  )
  t.equal((await fetch(new URL('/auth/sso', metabase.url))).status, 404, 'and nowhere else')
})

t.test('the stand-in speaks https', async t => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }]
  })
  const metabase = await start(t, { https: { key, cert }, host: 'localhost' })
  t.match(metabase.url, /^https:\/\/localhost:\d+$/)
  const dispatcher = new Agent({ connect: { ca: cert } })
  t.teardown(() => dispatcher.destroy())
  const { statusCode, body } = await request(`${metabase.url}/api/health`, { dispatcher })
  t.equal(statusCode, 200)
  t.strictSame(await body.json(), { status: 'ok' })
})

t.test('close() ends open connections, whatever they are at', async t => {
  const metabase = await start(t)
  metabase.fail('hang', { times: 1 })
  const { hostname, port } = new URL(metabase.url)
  const sockets = [connect(Number(port), hostname), connect(Number(port), hostname), connect(Number(port), hostname)]
  await Promise.all(sockets.map(socket => once(socket, 'connect')))
  const [hanging, idle] = sockets
  hanging?.write('GET /auth/sso HTTP/1.1\r\nhost: x\r\n\r\n')
  await until(() => metabase.requests.length > 0)
  idle?.write('GET /api/health HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(Object(idle), 'data')

  const ended = Promise.all(sockets.map(socket => once(socket.resume(), 'close')))
  await metabase.close()
  await ended
  await metabase.close()
  await t.rejects(fetch(metabase.url), 'the port is closed')
})

t.test('the stand-in refuses options that cannot be meant', async t => {
  const refused = (options: unknown, message: RegExp) =>
    t.rejects(startMetabase(options as MetabaseStandInOptions), { name: 'TypeError', message })
  for (const options of [undefined, null, {}, { secret: '' }, { secret: Buffer.from('x') }]) {
    await refused(
      options, /^startMetabase\(\{ secret \}\): pass the string/
    )
  }
  await refused({ secret, basePath: 'metabase' }, /basePath must begin with a slash/)
  await refused(
    { secret, verison: 'v58' },
    /^startMetabase has no option "verison" \(did you mean "version"\?\); there are secret, embeddingSecret, version, /
  )
  await refused({ secret, settings: {} }, /^startMetabase has no option "settings"; there are /)
})

t.test('the stand-in refuses a version that it does not have, and names the one that behaves so', async t => {
  const versions = 'only v50, v55, v56, v58, v61'
  const refusals = {
    v60: `there is no version "v60", ${versions}. Metabase 60 behaves as 'v58'`,
    v62: `there is no version "v62", ${versions}. Metabase 62 behaves as 'v61'`,
    58: `there is no version "58", ${versions}. Metabase 58 behaves as 'v58'`,
    'v1.57.3': `there is no version "v1.57.3", ${versions}. Metabase 57 behaves as 'v56'`,
    v49: `there is no version "v49", ${versions}`,
    newest: `there is no version "newest", ${versions}`
  }
  for (const [version, message] of Object.entries(refusals)) {
    await t.rejects(startMetabase({ secret, version: version as never }), new TypeError(message))
  }
  const metabase = await start(t)
  t.throws(() => { metabase.version = 'v60' as never }, { name: 'TypeError', message: /Metabase 60 behaves as 'v58'$/ })
  t.equal(metabase.version, 'v61')
  metabase.version = 'v56'
  t.equal(metabase.version, 'v56', 'and changes to one that it has')
})
