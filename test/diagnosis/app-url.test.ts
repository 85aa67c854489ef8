import t from 'tap'
import { MockAgent } from 'undici'
import { diagnose } from '../../lib/diagnosis/diagnose.js'
import { checkFault, faultsOf } from '../helpers/diagnosis.js'
import { appFaults, deploy, type Deployed } from '../helpers/faults/app.js'
import { frontProxy } from '../helpers/front-proxy.js'
import { ORIGIN } from '../helpers/host.js'

for (const [name, fault] of Object.entries(appFaults)) {
  t.test(`diagnose names the app's fault, and its fix mends it: ${name}`, async t => {
    const app = await deploy(t)
    await checkFault(t, fault, app, { only: ['app'] })
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
  ['https://[::1]:8080', 'https://[::1]', true],
  ['https://[::1]', 'https://[::2]', false],
  ['https://one.vercel.app', 'https://two.vercel.app', false],
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

for (const source of ['app', 'Metabase'] as const) {
  t.test(`diagnose skips the clock of the app where the Date of the ${source} cannot be read`, async t => {
    const app = await deploy(t)
    if (source === 'app') app.change = ({ headers }) => { headers.date = 'soon' }
    else app.settings.instanceUrl = await frontProxy(t, app.metabase.url, ({ headers }) => { headers.date = 'soon' })
    const { ok, checks } = await diagnose(app.settings, { only: ['app'] })
    t.match(checks.find(({ id }) => id === 'app-clock'), {
      status: 'skip', detail: `no response of ${source === 'app' ? 'the app' : source} tells its time`
    })
    t.equal(ok, true)
  })
}

t.test('diagnose does not blame the app for a Metabase that is down', async t => {
  const { metabase, settings } = await deploy(t)
  metabase.fail('reset')
  t.strictSame(faultsOf(await diagnose(settings, { only: ['app'] })), ['response fail'])
})

const foreign: Record<string, [faults: string[], Deployed['change']]> = {
  'a proxy that allows every page with credentials, in place of the front end': [
    ['app-cors fail', 'app-foreign-origin fail'], ({ headers }) => { headers['access-control-allow-origin'] = '*' }
  ],
  'a proxy that answers preflights without CORS headers': [['app-preflight fail'], passing => {
    if (passing.method !== 'OPTIONS') return
    passing.status = 204
    delete passing.headers['access-control-allow-origin']
  }],
  'a proxy that allows another page in preflights': [['app-preflight fail'], ({ method, headers }) => {
    if (method === 'OPTIONS') headers['access-control-allow-origin'] = 'https://other.example.com'
  }],
  'a response that varies with everything': [[], ({ headers }) => { headers.vary = '*' }],
  'a response that varies with other headers alone': [['app-cors warn'], ({ headers }) => {
    headers.vary = 'Accept, X-Original-Url'
  }],
  'a proxy that lets every page in that names itself': [['app-foreign-origin fail'], ({ origin, headers }) => {
    if (origin !== undefined) headers['access-control-allow-origin'] = origin
  }],
  'a cookie of another kind before that of the session': [[], ({ headers }) => {
    headers['set-cookie'] = ['seen=session; Path=/', 'sid=x; Secure; SameSite=None; Partitioned']
  }]
}
for (const [name, [faults, change]] of Object.entries(foreign)) {
  t.test(`diagnose reads the headers of the app as browsers do: ${name}`, async t => {
    const app = await deploy(t)
    app.change = change
    t.strictSame(faultsOf(await diagnose(app.settings, { only: ['app'] })), faults)
  })
}

t.test('diagnose says what it saw of an app where all is right', async t => {
  const { settings } = await deploy(t)
  const { checks } = await diagnose(settings, { only: ['app'] })
  const details = Object.fromEntries(checks.map(({ id, detail }) => [id, detail]))
  t.match(details, {
    'app-response': 'status 401',
    'app-cors': ORIGIN,
    'app-cookie': 'path=/; httponly; secure; samesite=none; partitioned',
    'app-clock': /^the app is \d+ s (ahead|behind)$/
  })
})

t.test('diagnose finds a hook of the app that refuses preflights for a header', async t => {
  const app = await deploy(t)
  app.onRequest = (_method, reply) =>
    reply.request.headers['access-control-request-headers'] === 'authorization' ? reply.code(403).send() : undefined
  t.strictSame(faultsOf(await diagnose(app.settings, { only: ['app'] })), ['app-preflight fail'])
})

for (const [seconds, detail] of [
  [3600, /^the app is \d+ s ahead$/], [-3600, /^the app is \d+ s behind$/]
] as const) {
  t.test(`diagnose says which clock is behind: ${seconds} s`, async t => {
    const app = await deploy(t)
    app.change = ({ headers }) => { headers.date = new Date(Date.now() + seconds * 1000).toUTCString() }
    const { checks } = await diagnose(app.settings, { only: ['app'] })
    t.match(checks.find(({ id }) => id === 'app-clock'), { detail })
  })
}
