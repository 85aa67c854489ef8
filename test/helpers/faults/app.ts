import cookie from '@fastify/cookie'
import session from '@fastify/session'
import Fastify, { type FastifyReply } from 'fastify'
import type { Test } from 'tap'
import metabaseSso from '../../../index.js'
import { setUp, type Fault, type Setup } from '../diagnosis.js'
import { frontProxy, type Passing } from '../front-proxy.js'
import { ANN, ORIGIN, SECRET, SESSION_SECRET } from '../host.js'

/** A deployed app, with what a test may do to it. */
export interface Deployed extends Setup {
  change: (passing: Passing) => unknown
  onRequest: ((method: string, reply: FastifyReply) => unknown) | undefined
  user: object | null
}

type AppFault = Fault<Deployed>

/** An app behind a proxy, both of which do as they should. */
export async function deploy (t: Test): Promise<Deployed> {
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
  const url = await frontProxy(t, await app.listen({ port: 0, host: '127.0.0.1' }), async passing => {
    // As the app would set it on https.
    passing.headers['set-cookie'] = 'sessionId=x; Path=/; HttpOnly; Secure; SameSite=None; Partitioned'
    await deployed.change(passing)
  })
  const appUrl = `${url}/sso/metabase`
  setup.metabase.identityProviderUri = appUrl
  deployed.settings.appUrl = appUrl
  return deployed
}

/** What the proxy, or a hook of the app, does to responses. */
const changed = (check: Fault['check'], problem: string, change: Deployed['change']): AppFault => ({
  check,
  problem,
  seed: app => { app.change = change },
  mend: app => { app.change = () => {} }
})

/** A hook that the app has before the plugin. */
const hooked = (check: Fault['check'], problem: string, onRequest: Deployed['onRequest']): AppFault => ({
  check,
  problem,
  seed: app => { app.onRequest = onRequest },
  mend: app => { app.onRequest = undefined }
})

const setCookie = (text: string): Deployed['change'] => ({ headers }) => { headers['set-cookie'] = text }
const setDate = (seconds: number): Deployed['change'] => ({ headers }) => {
  headers.date = new Date(Date.now() + seconds * 1000).toUTCString()
}
const withOrigin = (edit: (headers: Passing['headers']) => void): Deployed['change'] => ({ headers }) => {
  if (headers['access-control-allow-origin'] === ORIGIN) edit(headers)
}

/** Faults of an app, and of what stands in front of it. */
export const appFaults: Record<string, AppFault> = {
  'a URL where there is no route': {
    check: 'app-response',
    problem: 'missing',
    seed: ({ settings }) => { settings.appUrl = `${settings.appUrl}/x` },
    mend: ({ settings }) => { settings.appUrl = settings.appUrl?.slice(0, -2) }
  },
  'an app that does not run': {
    check: 'app-response',
    problem: 'unreachable',
    seed: ({ settings }) => { settings.appUrl = 'http://127.0.0.1:9/sso/metabase' },
    mend: ({ metabase, settings }) => { settings.appUrl = String(metabase.identityProviderUri) }
  },
  'a proxy that cuts connections to the app': changed('app-response', 'unreachable', () => {
    throw new Error('the connection is cut')
  }),
  'an app that is down': changed('app-response', 'down', passing => { passing.status = 502 }),
  'a JWT for every caller': {
    check: 'app-stranger',
    problem: 'open',
    seed: app => { app.user = ANN },
    mend: app => { app.user = null }
  },
  'a hook that redirects to a login page': hooked('app-stranger', 'redirected',
    (method, reply) => method === 'GET' ? reply.redirect('/login') : undefined),
  'a firewall in front of the app': changed('app-stranger', 'other', passing => {
    if (passing.method === 'GET') passing.status = 403
  }),
  'a front end that the app does not list': {
    check: 'app-cors',
    problem: 'missing',
    seed: ({ settings }) => { settings.origins = ['https://beta.example.com'] },
    mend: ({ settings }) => { settings.origins = [ORIGIN] } // and not the app's `origin`, which cannot change
  },
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
}
