import t from 'tap'
import { STRANGER } from '../helpers/cors.js'
import { ORIGIN, startHost } from '../helpers/host.js'

const HOST = 'app-host.example'
const OWN = `https://${HOST}`
const SIBLING = 'https://user-content.app-host.example'

/** Fetch metadata as browsers send it. */
const metadata = (site: string, mode: string, dest: string) =>
  ({ 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest })

const fetchFrom = (site: string) => metadata(site, 'cors', 'empty')

const answered: Record<string, Record<string, string>> = {
  'curl and React Native': {},
  "Node's fetch": { 'sec-fetch-mode': 'cors', accept: '*/*' },
  'a page of our own': fetchFrom('same-origin'),
  'a page of our own that asks for its own origin alone': metadata('same-origin', 'same-origin', 'empty'),
  'a page of our own behind a proxy that hides the host': {
    ...fetchFrom('same-origin'), origin: 'https://outside.example'
  },
  'a page of our own whose referrer policy hides its origin': { ...fetchFrom('same-origin'), origin: 'null' },
  'a page of our own in an old browser': { origin: `http://${HOST}` },
  'a page of our own in an old browser, whose TLS ends before the app': { origin: OWN },
  'a page of our own whose proxy names the port': { origin: OWN, host: `${HOST}:443` },
  'an allowed page of another site': { ...fetchFrom('cross-site'), origin: ORIGIN },
  'an allowed page of another subdomain': { ...fetchFrom('same-site'), origin: ORIGIN },
  'an allowed page in an old browser': { origin: ORIGIN },
  'an allowed page of Capacitor': { ...fetchFrom('cross-site'), origin: 'capacitor://localhost' },
  'a fetch of a prerendered page': {
    ...fetchFrom('same-origin'), 'sec-purpose': 'prefetch;prerender', purpose: 'prefetch'
  },
  'a fetch of a prerendered front end': {
    ...fetchFrom('cross-site'), origin: ORIGIN, 'sec-purpose': 'prefetch;prerender'
  }
}

const refused: Record<string, Record<string, string>> = {
  'a page of another site': { ...fetchFrom('cross-site'), origin: STRANGER },
  'a page of another site in an old browser': { origin: STRANGER },
  'a page of another site that sends no origin': fetchFrom('cross-site'),
  'a page of another subdomain': { ...fetchFrom('same-site'), origin: SIBLING },
  'a page of another subdomain in an old browser': { origin: SIBLING },
  'a page of another subdomain that sends no origin': fetchFrom('same-site'),
  'a page of another port of the host': { ...fetchFrom('same-site'), origin: `${OWN}:8443` },
  'a page of another port of the host in an old browser': { origin: `${OWN}:8443` },
  'a sandboxed frame': { ...fetchFrom('cross-site'), origin: 'null' },
  'a sandboxed frame in an old browser': { origin: 'null' },
  'a page of another port that begins like one of ours': { origin: `${OWN}:8044`, host: `${HOST}:44344` },
  'a page whose scheme and host make our host together': { origin: 'ahttps://pp-host.example' },
  'a page with our host and a scheme of its own': { origin: `capacitor://${HOST}` },
  'an extension': { ...fetchFrom('none'), origin: 'chrome-extension://abcdefghijklmnopabcdefghijklmnop' },
  'an image of another site': metadata('cross-site', 'no-cors', 'image'),
  'an image of our own': metadata('same-origin', 'no-cors', 'image'),
  'a script of another site': metadata('cross-site', 'no-cors', 'script'),
  'a no-cors fetch of another site': metadata('cross-site', 'no-cors', 'empty'),
  'a no-cors fetch of an allowed page': { ...metadata('cross-site', 'no-cors', 'empty'), origin: ORIGIN },
  'an image in a page that asks for HTML': { ...metadata('cross-site', 'no-cors', 'image'), accept: 'text/html' },
  'an old browser that asks for HTML in a page of another site': { origin: STRANGER, accept: 'text/html' },
  'a WebSocket of another site': { ...handshake(), ...metadata('cross-site', 'websocket', 'empty'), origin: STRANGER },
  'a WebSocket of our own': { ...handshake(), ...metadata('same-origin', 'websocket', 'empty'), origin: OWN },
  'a WebSocket of another site without metadata': { ...handshake(), origin: STRANGER },
  'what no browser sends': { ...fetchFrom('cross-site, same-origin'), origin: STRANGER },
  'a mode that no browser sends': metadata('same-origin', 'navigate, no-cors', 'empty')
}

const links: Record<string, [answer: number, headers: Record<string, string>]> = {
  'the address bar': [200, metadata('none', 'navigate', 'document')],
  'a page of our own': [200, metadata('same-origin', 'navigate', 'document')],
  'a page of another site': [403, metadata('cross-site', 'navigate', 'document')],
  'a page of another subdomain': [403, metadata('same-site', 'navigate', 'document')],
  'a frame in a page of another site': [403, metadata('cross-site', 'navigate', 'iframe')]
}

function handshake (): Record<string, string> {
  return {
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ=='
  }
}

/** A host app that notes each question about its user. */
async function notingHost (t: Parameters<typeof startHost>[0]) {
  const asked: string[] = []
  const options = {
    origin: [ORIGIN, 'capacitor://localhost'],
    getUser: (request: { url: string }) => { asked.push(request.url); return { email: 'ann@example.com' } }
  }
  return { ...await startHost(t, { options }), asked }
}

for (const url of ['/sso/metabase', '/sso/metabase?response=json']) {
  t.test(`${url} answers a program, or a page that may ask`, async t => {
    const { app } = await notingHost(t)
    for (const [name, headers] of Object.entries(answered)) {
      t.equal((await app.inject({ url, headers: { host: HOST, ...headers } })).statusCode, 200, name)
    }
  })

  t.test(`${url} refuses any other before it asks for the user`, async t => {
    const { app, metabase, asked } = await notingHost(t)
    for (const [name, headers] of Object.entries(refused)) {
      const response = await app.inject({ url, headers: { host: HOST, ...headers } })
      t.match(
        [response.statusCode, response.json()],
        [403, { message: 'authentication failed', code: 'METABASE_SSO_CROSS_SITE' }],
        name
      )
      t.notOk('retry-after' in response.headers)
    }
    t.same([asked, metabase.requests.length], [[], 0])
  })
}

t.test('?response=json is answered to a navigation of the address bar or our own page', async t => {
  const { app } = await notingHost(t)
  for (const [name, [status, headers]] of Object.entries(links)) {
    const response = await app.inject({ url: '/sso/metabase?response=json', headers: { host: HOST, ...headers } })
    t.equal(response.statusCode, status, name)
  }
})

t.test('a navigation is sent to Metabase from wherever it comes', async t => {
  const { app } = await notingHost(t)
  for (const site of ['cross-site', 'same-site', 'same-origin', 'none']) {
    for (const dest of ['document', 'iframe', 'frame', 'embed', 'object']) {
      const response = await app.inject(
        { url: '/sso/metabase', headers: { host: HOST, ...metadata(site, 'navigate', dest) } }
      )
      t.equal(response.statusCode, 302, `${site} ${dest}`)
    }
  }
  const redirected = { ...metadata('cross-site', 'navigate', 'document'), origin: 'null' }
  t.equal((await app.inject({ url: '/sso/metabase', headers: redirected })).statusCode, 302, 'a form that was redirected')
  t.equal(
    (await app.inject({ url: '/sso/metabase', headers: { accept: 'text/html' } })).statusCode, 302, 'an old browser'
  )
})
