import type { LookupFunction } from 'node:net'
import type { Test } from 'tap'
import { Agent } from 'undici'
import type { MetabaseSettings } from '../../../testing/index.js'
import type { Fault, Setup } from '../diagnosis.js'
import { ORIGIN, SECRET } from '../host.js'
import { html, json, ownMetabase, text, type Reply } from '../own-metabase.js'
import { LOCAL, secured, trusting, type AltName } from '../secured.js'

type Change = (setup: Setup) => unknown

/** A fault in Metabase, mended by setting back what the admin pages have. */
const inMetabase =
  (check: Fault['check'], problem: string, seed: Change, mend: Change, version?: Fault['version']): Fault =>
    ({ check, problem, seed, mend, ...version !== undefined && { version } })

/** A setting of the stand-in, wrong and right. */
const setting = (
  check: Fault['check'], problem: string, wrong: Partial<MetabaseSettings>, right: Partial<MetabaseSettings>,
  version?: Fault['version']
): Fault => inMetabase(check, problem, ({ metabase }) => Object.assign(metabase.settings, wrong),
  ({ metabase }) => Object.assign(metabase.settings, right), version)

/** A fault in the app's settings, mended by writing what is right. */
const inSettings = (
  check: Fault['check'], problem: string, wrong: Partial<Setup['settings']>, right: Partial<Setup['settings']> = {}
): Fault => {
  const before: Partial<Setup['settings']> = {}
  return {
    check,
    problem,
    seed ({ settings }) {
      Object.assign(before, settings)
      Object.assign(settings, wrong)
    },
    mend: ({ settings }) => Object.assign(settings, before, right)
  }
}

/** Something else than Metabase, which answers everything alike, is at `instanceUrl`. */
const elsewhere = (check: Fault['check'], problem: string, reply: Reply): Fault => {
  let right = ''
  return {
    check,
    problem,
    async seed ({ settings }, t) {
      right = settings.instanceUrl
      const steps = ['discovery', 'get', 'post', 'to_session', 'properties', 'other'] as const
      settings.instanceUrl = (await ownMetabase(t, Object.fromEntries(steps.map(step => [step, reply])))).url
    },
    mend: ({ settings }) => { settings.instanceUrl = right }
  }
}

const release = (problem: string, tag: string, usesTenants = false): Fault => inMetabase('version', problem,
  ({ metabase, settings }) => {
    metabase.settings.release = tag
    settings.usesTenants = usesTenants
  },
  ({ metabase }) => { metabase.settings.release = '64.1' })

const ROUTE = 'https://app.example.com/sso/metabase'

const identityProvider = (problem: string, uri: string | null, version?: Fault['version']): Fault => inMetabase(
  'identity-provider', problem, ({ metabase }) => { metabase.identityProviderUri = uri },
  ({ metabase }) => { metabase.identityProviderUri = ROUTE }, version)

const pointsAt = (problem: string, appUri: string): Fault => {
  const fault = identityProvider(problem, appUri)
  // The route's URL is known, and is not asked itself.
  return {
    ...fault,
    request: { skip: ['app'] },
    seed (setup, t) {
      Object.assign(setup.settings, { path: undefined, appUrl: ROUTE })
      return fault.seed(setup, t)
    }
  }
}

/** A stand-in on https that lets the front end in, and a dispatcher that trusts it. */
async function trusted (t: Test, altName: AltName, days?: number) {
  const { metabase, cert } = await secured(t, altName, days)
  metabase.settings.corsOrigins = [ORIGIN]
  return { metabase, dispatcher: await trusting(t, cert) }
}

/** Metabase gets a certificate of this kind; what mends it is one for its address, or trust in it. */
const certificate =
  (problem: string, altName: AltName, isTrusted: boolean, days?: number): Fault => ({
    check: 'tls',
    problem,
    async seed ({ settings }, t) {
      const { metabase, dispatcher } = await trusted(t, altName, days)
      Object.assign(
        settings, { instanceUrl: metabase.url, guestSecret: [metabase.embeddingSecret], ...isTrusted && { dispatcher } }
      )
    },
    async mend ({ settings }, t) {
      const { metabase, dispatcher } = await trusted(t, LOCAL)
      Object.assign(settings, { instanceUrl: metabase.url, guestSecret: [metabase.embeddingSecret], dispatcher })
    }
  })

/** A name that anyone may look up. */
const PUBLIC_NAME = 'bi.example.com'

/** Makes a dispatcher that takes every host name for this machine, and trusts a certificate. */
async function namesake (t: Test, ca?: string): Promise<Agent> {
  const lookup: LookupFunction = (_name, _options, callback) => callback(null, [{ address: LOCAL.ip, family: 4 }])
  const dispatcher = new Agent({ connect: { lookup, ...ca !== undefined && { ca } } })
  t.teardown(async () => await dispatcher.close())
  return dispatcher
}

/** Faults of the instance, of what stands in front of it, and of what the app has for it. */
export const metabaseFaults: Record<string, Fault> = {
  'a host name without address': inSettings('address', 'unknown', { instanceUrl: 'https://metabase.invalid' }),
  'a port where nothing listens': inSettings('connection', 'refused', { instanceUrl: 'http://127.0.0.1:9' }),
  'https at a port of plain http': {
    check: 'tls',
    problem: 'plain',
    seed: ({ settings }) => { settings.instanceUrl = settings.instanceUrl.replace('http:', 'https:') },
    mend: ({ settings }) => { settings.instanceUrl = settings.instanceUrl.replace('https:', 'http:') }
  },
  'a Metabase that is starting': setting('response', 'starting', { starting: true }, { starting: false }),
  'a proxy whose Metabase is down': inMetabase('response', 'down',
    ({ metabase }) => metabase.fail('gateway-502'), ({ metabase }) => metabase.fail(null)),
  'a login wall': inMetabase('response', 'redirected',
    ({ metabase }) => metabase.fail('login-redirect'), ({ metabase }) => metabase.fail(null)),
  'a firewall': inMetabase('response', 'refused',
    ({ metabase }) => metabase.fail('waf-403-page'), ({ metabase }) => metabase.fail(null)),
  'a password on the proxy': inMetabase('response', 'refused',
    ({ metabase }) => metabase.fail('basic-auth-401'), ({ metabase }) => metabase.fail(null)),
  'a path that a proxy does not know': inMetabase('response', 'missing',
    ({ metabase }) => metabase.fail('gateway-404-page'), ({ metabase }) => metabase.fail(null)),
  'a page in place of Metabase': inMetabase('metabase', 'page',
    ({ metabase }) => metabase.fail('maintenance-200'), ({ metabase }) => metabase.fail(null)),
  'another server in place of Metabase': elsewhere('metabase', 'other', json(200, { status: 'ok' })),
  'a text in place of Metabase': elsewhere('metabase', 'other', text(200, 'OK')),
  'a JSON list in place of Metabase': elsewhere('metabase', 'other', json(200, null)),
  'an app with a page for every path': elsewhere('metabase', 'page', html(200)),
  '1.46.7': release('redirects', '46.7'),
  '1.49.1': release('old', '49.1'),
  '1.56.6': release('home', '56.6'),
  '1.57.1': release('sdk', '57.1'),
  '1.57.2.2': release('sdk', '57.2.2'),
  '1.63.1.2 with tenants': release('tenants', '63.1.2', true),
  '1.61.0 with tenants': release('tenants', '61.0', true),
  'the open-source edition': inMetabase('edition', 'open-source',
    ({ metabase, settings }) => { metabase.settings.edition = 'open-source'; settings.guestSecret = undefined },
    ({ metabase }) => { metabase.settings.edition = 'enterprise' }),
  'a licence that has lapsed': setting('edition', 'licence', { licensed: false }, { licensed: true }),
  'Metabase on http for pages on https': {
    check: 'https',
    problem: 'mixed',
    seed ({ metabase, settings }) {
      metabase.settings.siteUrl = settings.publicUrl = 'http://metabase.example.com'
    },
    mend ({ metabase, settings }) {
      metabase.settings.siteUrl = settings.publicUrl = 'https://metabase.example.com'
    }
  },
  'a site URL on another host': inMetabase(
    'site-url', 'host', ({ metabase }) => { metabase.settings.siteUrl = 'https://old.example.com' },
    ({ metabase }) => { metabase.settings.siteUrl = metabase.url }
  ),
  'a publicUrl on another host': inSettings(
    'site-url', 'host', { publicUrl: 'https://bi.example.com' }, { publicUrl: undefined }
  ),
  'a site URL with another scheme': inMetabase('site-url', 'other',
    ({ metabase }) => { metabase.settings.siteUrl = metabase.url.replace('http:', 'https:') },
    ({ metabase }) => { metabase.settings.siteUrl = `${metabase.url}/` }),
  'no site URL': inMetabase('site-url', 'missing',
    ({ metabase }) => { metabase.settings.siteUrl = null }, ({ metabase }) => { delete metabase.settings.siteUrl }),
  'JWT sign-in off': setting('jwt-sso', 'off', { jwtSso: false }, { jwtSso: true }),
  'JWT sign-in off, and SAML on': inMetabase('jwt-sso', 'off',
    ({ metabase }) => Object.assign(metabase.settings, { jwtSso: false, saml: true }),
    ({ metabase }) => Object.assign(metabase.settings, { jwtSso: true, saml: false })),
  'JWT sign-in off, behind hidden errors': inMetabase('jwt-sso', 'off',
    ({ metabase }) => Object.assign(metabase.settings, { jwtSso: false, hideStacktraces: true }),
    ({ metabase }) => { metabase.settings.jwtSso = true }),
  'no identity provider URI where one is required': inMetabase('jwt-sso', 'off',
    ({ metabase }) => { metabase.identityProviderUri = null },
    ({ metabase }) => { metabase.identityProviderUri = 'https://app.example.com/sso/metabase' }),
  'SAML on, too': setting('saml', 'first', { saml: true }, { saml: false }),
  'no identity provider URI': identityProvider('missing', null, 'v56'),
  'an identity provider URI without a scheme': identityProvider('scheme', 'app.example.com/sso/metabase'),
  'an identity provider URI with another path': identityProvider('path', 'https://app.example.com/sso'),
  'another path, told by a redirect': identityProvider('path', 'https://app.example.com/sso', 'v50'),
  'a firewall that refuses JWTs': inMetabase('exchange', 'blocked',
    ({ metabase }) => metabase.fail('waf-403-page', { on: 'jwt' }), ({ metabase }) => metabase.fail(null)),
  'a proxy that drops bodies': inMetabase('exchange', 'lost',
    ({ metabase }) => metabase.fail('jwt-missing', { on: 'jwt' }), ({ metabase }) => metabase.fail(null)),
  'a secret that was regenerated': inMetabase('secret', 'wrong',
    ({ metabase }) => { metabase.secret = 'e'.repeat(64) }, ({ metabase, settings }) => {
      settings.secret = [metabase.secret]
    }),
  'the embedding secret key as secret': {
    check: 'secret',
    problem: 'embedding-key',
    seed: ({ metabase, settings }) =>
      Object.assign(settings, { secret: [metabase.embeddingSecret], guestSecret: undefined }),
    mend: ({ settings }) => { settings.secret = [SECRET] }
  },
  'a secret with a line break': inSettings('secret', 'white-space', { secret: [`${SECRET}\n`] }),
  'a secret in quotes': inSettings('secret', 'quotes', { secret: [`"${SECRET}"`] }),
  'a secret cut short': inSettings('secret', 'wrong', { secret: [SECRET.slice(1)] }),
  'another candidate of secret': inSettings(
    'secret', 'not-first', { secret: ['e'.repeat(64), SECRET] }, { secret: [SECRET, 'e'.repeat(64)] }
  ),
  'errors that are hidden': setting('secret', 'hidden', { hideStacktraces: true }, { hideStacktraces: false }, 'v50'),
  'a clock that is five minutes behind': setting('clock', 'old', { clockAhead: 300 }, { clockAhead: 0 }),
  'a clock that is behind by more than the life of a JWT': inMetabase('clock', 'expired',
    ({ metabase, settings }) => { metabase.settings.clockAhead = 100; settings.tokenLifetime = 60 },
    ({ metabase }) => { metabase.settings.clockAhead = 0 }),
  'a clock that is behind a little': setting('clock', 'drift', { clockAhead: 100 }, { clockAhead: 0 }),
  'a clock that is far ahead': setting('clock', 'drift', { clockAhead: -3600 }, { clockAhead: 0 }),
  'both kinds of embedding off': inMetabase('embedding', 'off',
    ({ metabase }) => Object.assign(metabase.settings, { sdkEmbedding: false, simpleEmbedding: false }),
    ({ metabase }) => Object.assign(metabase.settings, { sdkEmbedding: true, simpleEmbedding: true })),
  'the React SDK off': setting('embedding', 'sdk', { sdkEmbedding: false }, { sdkEmbedding: true }),
  'the React SDK off up to version 54': setting(
    'embedding', 'sdk-needed', { sdkEmbedding: false }, { sdkEmbedding: true }, 'v50'
  ),
  'the React SDK off in version 55': setting(
    'embedding', 'sdk-needed', { sdkEmbedding: false }, { sdkEmbedding: true }, 'v55'
  ),
  'modular embedding off': setting('embedding', 'modular', { simpleEmbedding: false }, { simpleEmbedding: true }),
  'a front end that Metabase does not list': setting(
    'cors', 'not-listed', { corsOrigins: [] }, { corsOrigins: [ORIGIN] }
  ),
  'a proxy that answers preflights': setting(
    'cors', 'preflight', { blocksPreflights: true }, { blocksPreflights: false }
  ),
  'no authorized origins for frames': setting(
    'frame-ancestors', 'refused', { frameOrigins: [] }, { frameOrigins: [ORIGIN] }
  ),
  'other origins for frames': setting(
    'frame-ancestors',
    'refused',
    { frameOrigins: ['https://*.other.example', 'http://app.example.com'] },
    { frameOrigins: ['https://*.example.com'] }
  ),
  'guest embedding off': setting('guest-embedding', 'off', { guestEmbedding: false }, { guestEmbedding: true }),
  'an embedding secret key that was regenerated': inMetabase('guest-secret', 'wrong',
    ({ metabase }) => { metabase.embeddingSecret = 'e'.repeat(64) },
    ({ metabase, settings }) => { settings.guestSecret = [metabase.embeddingSecret] }),
  'the JWT signing key as guest.secret': inSettings('guest-secret', 'signing-key', { guestSecret: [SECRET] }),
  'an embedding secret key with white space': {
    check: 'guest-secret',
    problem: 'white-space',
    seed: ({ metabase, settings }) => { settings.guestSecret = [` ${metabase.embeddingSecret}`] },
    mend: ({ metabase, settings }) => { settings.guestSecret = [metabase.embeddingSecret] }
  },
  'an embedding secret key in quotes': {
    check: 'guest-secret',
    problem: 'quotes',
    seed: ({ metabase, settings }) => { settings.guestSecret = [`'${metabase.embeddingSecret}'`] },
    mend: ({ metabase, settings }) => { settings.guestSecret = [metabase.embeddingSecret] }
  },
  'a certificate of an authority of your own': certificate('untrusted', LOCAL, false),
  'a certificate for another host': certificate('name', { type: 2, value: 'other.example.com' }, true),
  'an expired certificate': certificate('expired', LOCAL, true, -1),
  'an identity provider URI on another host': pointsAt('host', 'https://old.example.com/sso/metabase'),
  'an identity provider URI with another path than the URL': pointsAt('path', 'https://app.example.com/metabase'),
  'an identity provider URI on http': pointsAt('plain', 'http://app.example.com/sso/metabase'),
  'Metabase on http for the world': {
    check: 'https',
    problem: 'clear',
    async seed ({ metabase, settings }, t) {
      settings.origins = [] // a page on https would not load it at all
      settings.dispatcher = await namesake(t)
      settings.instanceUrl = metabase.settings.siteUrl = metabase.url.replace(LOCAL.ip, PUBLIC_NAME)
    },
    async mend ({ settings }, t) {
      const { metabase, cert } = await secured(t, { type: 2, value: PUBLIC_NAME })
      metabase.settings.corsOrigins = [ORIGIN]
      settings.dispatcher = await namesake(t, cert)
      settings.instanceUrl = metabase.settings.siteUrl = metabase.url.replace(LOCAL.ip, PUBLIC_NAME)
      settings.guestSecret = [metabase.embeddingSecret]
    }
  }
}
