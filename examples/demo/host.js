import { randomBytes } from 'node:crypto'
import cookie from '@fastify/cookie'
import session from '@fastify/session'
import Fastify, { LogController } from 'fastify'
import metabaseSso from 'fastify-metabase-sso'
import { createLog } from './log.js'
import { guestParams, personToClaims } from './people.js'
import { keepReceipts } from './receipts.js'
import { controlRoutes } from './routes/control.js'
import { loginRoutes } from './routes/login.js'
import { pageRoutes } from './routes/pages.js'
import { sdkRoutes } from './routes/sdk.js'

/**
 * The host app: people sign in to it, and through it to Metabase.
 * @param {object} demo
 * @param {string} demo.instanceUrl of Metabase
 * @param {string} demo.secret that it shares
 * @param {string} [demo.embeddingSecret] its other one: without it there are no guest embeds
 * @param {ReturnType<import('./switches.js').createSwitches>} [demo.switches] of the stand-in, where there is one
 * @param {import('./routes/sdk.js').SdkPage[]} demo.sdkPages
 * @param {number[]} demo.questionIds for these
 */
export async function buildHost ({ instanceUrl, secret, embeddingSecret, switches, sdkPages, questionIds }) {
  const log = createLog()
  const app = Fastify({
    logger: { stream: log.stream },
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true // a browser keeps connections open, and Ctrl-C should not wait for it
  })
  const receipts = keepReceipts(app) // before the routes that it watches

  await app.register(cookie)
  await app.register(session, {
    secret: randomBytes(32).toString('hex'),
    cookieName: 'demo-session',
    cookie: { secure: false, sameSite: 'lax' } // http on this machine; use `secure: true` on yours
  })
  await app.register(metabaseSso, {
    secret,
    instanceUrl,
    mapUserToClaims: personToClaims,
    logout: true,
    ...(embeddingSecret && { guest: { secret: embeddingSecret, authorize: guestParams } })
  })

  await app.register(loginRoutes, { home: '/' })
  await app.register(pageRoutes)
  const hasSdk = sdkPages.length > 0
  if (hasSdk) await app.register(sdkRoutes, { prefix: '/sdk', pages: sdkPages, instanceUrl, questionIds })
  await app.register(
    controlRoutes, { prefix: '/demo', instanceUrl, log, receipts, switches, hasSdk, hasGuest: Boolean(embeddingSecret) }
  )
  return app
}
