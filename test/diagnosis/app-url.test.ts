import cookie from '@fastify/cookie'
import session from '@fastify/session'
import Fastify, { type FastifyReply } from 'fastify'
import t, { type Test } from 'tap'
import { MockAgent } from 'undici'
import metabaseSso from '../../index.js'
import { diagnose } from '../../lib/diagnosis/diagnose.js'
import { checkFault, faultsOf, setUp, type Fault, type Setup } from '../helpers/diagnosis.js'
import { frontProxy, type Passing } from '../helpers/front-proxy.js'
import { ANN, ORIGIN, SECRET, SESSION_SECRET } from '../helpers/host.js'

/** A deployed app, with what a test may do to it. */
interface Deployed extends Setup {
  change: (passing: Passing) => void
  onRequest: ((method: string, reply: FastifyReply) => unknown) | undefined
  user: object | null
}

/** An app behind a proxy, both of which do as they should. */
async function deploy (t: Test): Promise<Deployed> {
  const setup = await setUp(t)
  const deployed: Deployed = { ...setup, change () {}, onRequest: undefined, user: null }
  const app = Fastify()
  t.teardown(() => app.close())
  app.addHook('onRequest', (request, reply, done) => {
    if (deployed.onRequest?.(request.method, reply) === undefined) done()
  })
  await app.register(cookie)
  await app.register(session, { secret: SESSION_SECRET, cookie: { secure: false } })
  await app.register(metabaseSso, {
    secret: SECRET, instanceUrl: setup.metabase.url, origin: ORIGIN, verify: false, getUser: () => deployed.user
  })
  const url = await frontProxy(t, await app.listen({ port: 0, host: '127.0.0.1' }), passing => {
    // As the app would set it on https.
    passing.headers['set-cookie'] = 'sessionId=x; Path=/; HttpOnly; Secure; SameSite=None; Partitioned'
    deployed.change(passing)
  })
  const appUrl = `${url}/sso/metabase`
  setup.metabase.identityProviderUri = appUrl
  deployed.settings.appUrl = appUrl
  return deployed
}

/** What the proxy, or a hook of the app, does to responses. */
const changed = (check: Fault['check'], problem: string, change: Deployed['change']) => ({
  check,
  problem,
  seed: (app: Deployed) => { app.change = change },
  mend: (app: Deployed) => { app.change = () => {} }
})

/** A hook that the app has before the plugin. */
const hooked = (check: Fault['check'], problem: string, onRequest: Deployed['onRequest']) => ({
  check,
  problem,
  seed: (app: Deployed) => { app.onRequest = onRequest },
  mend: (app: Deployed) => { app.onRequest = undefined }
})

const setCookie = (text: string): Deployed['change'] => ({ headers }) => { headers['set-cookie'] = text }
const setDate = (seconds: number): Deployed['change'] => ({ headers }) => {
  headers.date = new Date(Date.now() + seconds * 1000).toUTCString()
}
const withOrigin = (edit: (headers: Passing['headers']) => void): Deployed['change'] => ({ headers }) => {
  if (headers['access-control-allow-origin'] === ORIGIN) edit(headers)
}

const faults = {
  'a URL where there is no route': {
    check: 'app-response',
    problem: 'missing',
    seed: ({ settings }: Deployed) => { settings.appUrl = `${settings.appUrl}/x` },
    mend: ({ settings }: Deployed) => { settings.appUrl = settings.appUrl?.slice(0, -2) }
  },
  'an app that is down': changed('app-response', 'down', passing => { passing.status = 502 }),
  'a JWT for every caller': {
    check: 'app-stranger',
    problem: 'open',
    seed: (app: Deployed) => { app.user = ANN },
    mend: (app: Deployed) => { app.user = null }
  },
  'a hook that redirects to a login page': hooked('app-stranger', 'redirected',
    (method, reply) => method === 'GET' ? reply.redirect('/login') : undefined),
  'a firewall in front of the app': changed('app-stranger', 'other', passing => {
    if (passing.method === 'GET') passing.status = 403
  }),
  'a proxy that takes CORS headers away': changed('app-cors', 'missing', ({ method, headers }) => {
    if (method === 'GET') delete headers['access-control-allow-origin']
  }),
  'a proxy that allows the front end without credentials': changed('app-cors', 'credentials',
    withOrigin(headers => { delete headers['access-control-allow-credentials'] })),
  'a proxy without Vary': changed('app-cors', 'vary', withOrigin(headers => { delete headers.vary })),
  'a proxy that allows every page': changed('app-foreign-origin', 'open', ({ headers }) => {
    headers['access-control-allow-origin'] ??= '*'
  }),
  'a hook that asks preflights for a user': hooked('app-preflight', 'stopped',
    (method, reply) => method === 'OPTIONS' ? reply.code(401).send() : undefined),
  'a CDN that stores responses': changed('app-no-store', 'stored', ({ headers }) => {
    headers['cache-control'] = 'max-age=60'
  }),
  'a proxy without Cache-Control': changed('app-no-store', 'stored', ({ headers }) => {
    delete headers['cache-control']
  }),
  'a cookie for one site': changed('app-cookie', 'cross-site', setCookie('sessionId=x; Secure; SameSite=Lax')),
  'a cookie without SameSite': changed('app-cookie', 'cross-site', setCookie('app=x; Secure')),
  'a cookie without Secure': changed('app-cookie', 'insecure', setCookie('sessionId=x; SameSite=None; Partitioned')),
  'a cookie without Partitioned': changed('app-cookie', 'partitioned', setCookie('sessionId=x; Secure; SameSite=None')),
  'a clock of the app five minutes behind': changed('app-clock', 'behind', setDate(-300)),
  'a clock of the app a little behind': changed('app-clock', 'drift', setDate(-100)),
  'a clock of the app far ahead': changed('app-clock', 'drift', setDate(3600))
} satisfies Record<string, object>

for (const [name, fault] of Object.entries(faults)) {
  t.test(`diagnose names the app's fault, and its fix mends it: ${name}`, async t => {
    const app = await deploy(t)
    await checkFault(t, fault as unknown as Fault, app, { only: ['app'] })
    t.equal(app.metabase.logins, 0)
  })
}

t.test('diagnose finds nothing wrong with a deployed app and its Metabase', async t => {
  const { settings } = await deploy(t)
  const { ok, checks } = await diagnose(settings)
  t.strictSame(checks.filter(({ status }) => status !== 'pass'), [])
  t.equal(ok, true)
})

t.test('diagnose skips what depends on an origin, or on a cookie, where there is none', async t => {
  const app = await deploy(t)
  app.settings.origins = []
  app.change = ({ headers }) => { delete headers['set-cookie'] }
  const { ok, checks } = await diagnose(app.settings)
  const skipped = checks.filter(({ status }) => status === 'skip').map(({ id }) => id)
  t.strictSame(skipped, ['cors', 'frame-ancestors', 'app-cors', 'app-preflight', 'app-cookie'])
  t.equal(ok, true)
})

const pairs: Array<[page: string, app: string, isSameSite: boolean]> = [
  ['https://app.example.com', 'https://api.example.com', true],
  ['https://example.com', 'https://api.eu.example.com', true],
  ['https://app.example.com:8443', 'https://app.example.com', true],
  ['https://localhost:8080', 'https://localhost:3000', true],
  ['https://app.example.com', 'https://api.example.org', false],
  ['http://app.example.com', 'https://api.example.com', false],
  ['https://one.co.uk', 'https://two.co.uk', false],
  ['https://app.one.co.uk', 'https://api.one.co.uk', true],
  ['https://one.github.io', 'https://two.github.io', false],
  ['https://127.0.0.1', 'https://127.0.0.2', false],
  ['https://127.0.0.1:8080', 'https://127.0.0.1', true]
]
for (const [page, app, isSameSite] of pairs) {
  t.test(`diagnose takes ${page} and ${app} for ${isSameSite ? 'one site' : 'two sites'}`, async t => {
    const dispatcher = new MockAgent()
    dispatcher.disableNetConnect()
    const headers = { 'set-cookie': ['theme=dark', 'connect.sid=x; Secure; SameSite=Lax'] }
    dispatcher.get(app).intercept({ path: '/sso?response=json' }).reply(401, {}, { headers }).persist()
    dispatcher.get(app).intercept({ path: '/sso?response=json', method: 'OPTIONS' }).reply(401, {}).persist()
    const settings = { instanceUrl: app, appUrl: `${app}/sso`, origins: [page], dispatcher }
    const report = await diagnose(settings, { only: ['app'] })
    t.equal(faultsOf(report).includes('app-cookie fail'), !isSameSite)
  })
}

t.test('diagnose minds a cookie without Secure on https, whatever its site', async t => {
  const dispatcher = new MockAgent()
  dispatcher.disableNetConnect()
  const headers = { 'set-cookie': 'sid=x; SameSite=Lax' }
  dispatcher.get('https://api.example.com').intercept({ path: /./ }).reply(401, {}, { headers }).persist()
  const settings = { instanceUrl: 'https://bi.example.com', appUrl: 'https://api.example.com/sso', dispatcher }
  t.ok(faultsOf(await diagnose(settings, { only: ['app'] })).includes('app-cookie fail'))
})
