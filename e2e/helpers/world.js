import cors from '@fastify/cors'
import Fastify from 'fastify'
import { startMetabase } from 'fastify-metabase-sso/testing'
import { bearerHost } from '../hosts/bearer.js'
import { cookielessHost } from '../hosts/cookieless.js'
import { guestAloneHost } from '../hosts/guest-alone.js'
import { people } from '../hosts/people.js'
import { sessionHost } from '../hosts/session.js'
import { loaders, releases } from '../setup/bundle.js'
import { startFrontDoor } from './front-door.js'
import { servePages } from './pages.js'
import { recordRequests } from './record.js'

const hosts = { session: sessionHost, bearer: bearerHost, cookieless: cookielessHost, 'guest alone': guestAloneHost }
/** A policy of the host app's own, which would not let our front end through. */
const hostsPolicy = {
  origin: 'https://elsewhere.example.com', credentials: false, methods: ['DELETE'], allowedHeaders: ['x-elsewhere']
}
/** The plugin's `origin`. */
const originFor = {
  'host app': () => false,
  allowed: ({ frontUrl }) => frontUrl,
  'not allowed': () => 'https://app.example.com'
}

/**
 * What a flow plays in. Each has a world of its own.
 * @typedef {object} Setting
 * @property {keyof typeof releases} [sdk] the SDK in the page
 * @property {boolean} [jwtProviderUri] whether the page knows our route, in place of asking Metabase for it
 * @property {'v50' | 'v55' | 'v56' | 'v58' | 'v61'} [version] of Metabase
 * @property {'session' | 'bearer' | 'cookieless' | 'guest alone'} [host] how people are signed in to the host app, if
 * they are at all
 * @property {'host app' | 'allowed' | 'not allowed'} [frontEnd] on the host app's origin, or on one of its own that the
 * plugin's `origin` allows or does not
 * @property {'none' | 'before' | 'after'} [globalCors] whether the host app has @fastify/cors itself: registered before
 * or after the plugin
 * @property {string} [apiKey] of Metabase, for the page
 * @property {object} [guest] the plugin's option, without the secret: for flows with guest embeds
 * @property {number} [ahead] seconds by which Metabase's clock is ahead of the host app's
 * @property {object} [options] of the plugin
 * @property {(app: import('fastify').FastifyInstance, world: object) => void} [addRoutes] of the flow's own, to the
 * host app
 */

/**
 * Starts a Metabase, a host app with the plugin, and a front end.
 * @param {Setting} setting
 */
export async function startWorld ({
  sdk = '0.56.3', jwtProviderUri = false, version = 'v61', host = 'session', frontEnd = 'host app', globalCors = 'none',
  apiKey, guest, ahead = 0, options = {}, addRoutes = () => {}
}) {
  const secret = 'the signing key that Metabase and the plugin share, 64 characters'
  const embeddingSecret = 'the embedding secret key of Metabase, which is another one, 64 ch'
  const metabase = await startMetabase({ secret, embeddingSecret, version, now: () => Date.now() + ahead * 1000 })
  metabase.settings.groupSync = true
  for (const team of people.flatMap(({ teams }) => teams)) {
    metabase.groups.set(team, {})
    metabase.settings.groupMappings.set(team, [team])
  }
  const frontDoor = sdk in loaders ? await startFrontDoor(metabase.url) : undefined
  const instanceUrl = frontDoor?.url ?? metabase.url
  const hostApp = createApp()
  const frontApp = frontEnd === 'host app' ? hostApp : createApp()
  const world = {
    metabase,
    /** What the page asked for of the bundle that the instance serves. */
    bundleRequests: frontDoor?.bundleRequests ?? [],
    /** What the host app was asked, in order. */
    requests: recordRequests(hostApp),
    get hostUrl () { return urlOf(hostApp) },
    get frontUrl () { return urlOf(frontApp) },
    /** The requests at the plugin's route. */
    ssoRequests: (method = 'GET') => world.requests.filter(request =>
      request.path === '/sso/metabase' && request.method === method),
    /** Those at its route for guest tokens. */
    guestRequests: (method = 'POST') => world.requests.filter(request =>
      request.path === '/sso/metabase/guest' && request.method === method),
    async close () {
      await Promise.all([...new Set([hostApp, frontApp])].map(app => app.close()))
      await frontDoor?.close()
      await metabase.close()
    }
  }

  try {
    await servePages(frontApp, sdk, () => ({
      instanceUrl,
      hostUrl: world.hostUrl,
      ssoUrl: `${world.hostUrl}/sso/metabase`,
      ...(jwtProviderUri && { jwtProviderUri: `${world.hostUrl}/sso/metabase` }),
      // The origin is the page's own, where nothing else is said.
      guestEmbedProviderUri: frontApp === hostApp ? '/sso/metabase/guest' : `${world.hostUrl}/sso/metabase/guest`,
      sdk: releases[sdk].era,
      questionIds: [1],
      people: people.map(({ email }) => email),
      bearer: host === 'bearer',
      apiKey
    }))
    if (frontApp !== hostApp) await listen(frontApp)

    if (globalCors === 'before') await hostApp.register(cors, hostsPolicy)
    const guestOptions = guest && { guest: { secret: embeddingSecret, ...guest } }
    // The flows count what the host app asks of Metabase: without the check at the start.
    const verify = false
    const origin = originFor[frontEnd](world)
    const pluginOptions = { secret, instanceUrl, origin, verify, ...guestOptions, ...options }
    await hosts[host](hostApp, pluginOptions, () => world.frontUrl)
    addRoutes(hostApp, world)
    if (globalCors === 'after') await hostApp.register(cors, hostsPolicy)
    await listen(hostApp)
  } catch (error) {
    await world.close()
    throw error
  }

  metabase.identityProviderUri = `${world.hostUrl}/sso/metabase`
  metabase.settings.corsOrigins.push(world.frontUrl)
  if (apiKey !== undefined) metabase.apiKeys.add(apiKey)
  return world
}

function createApp () {
  const app = Fastify({ forceCloseConnections: true })
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, async (_request, body) =>
    Object.fromEntries(new URLSearchParams(body)))
  return app
}

const listen = app => app.listen({ host: '127.0.0.1', port: 0 })

const urlOf = app => `http://127.0.0.1:${app.server.address().port}`
