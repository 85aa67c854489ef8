import cookie from '@fastify/cookie'
import session from '@fastify/session'
import metabaseSso from 'fastify-metabase-sso'
import { findPerson, toClaims } from './people.js'

/**
 * A host app with sessions in a cookie: the quick start of the README.
 * @param {import('fastify').FastifyInstance} app
 * @param {object} options of the plugin
 * @param {() => string} home URL of its front end
 */
export async function sessionHost (app, options, home) {
  await app.register(cookie)
  await app.register(session, {
    secret: 'a session secret of the host app, longer than 32 characters', cookie: { secure: false, sameSite: 'lax' }
  })
  await app.register(metabaseSso, { ...options, mapUserToClaims: toClaims })

  app.post('/login', async (request, reply) => {
    await request.session.regenerate()
    request.session.user = findPerson(request.body.email)
    return reply.redirect(home(), 303)
  })
  app.post('/logout', async (request, reply) => {
    await request.session.destroy()
    return reply.redirect(home(), 303)
  })

  // What a page that this server renders has in it, without asking for it.
  app.get('/token', async ({ query: { dashboard, region } }) => ({
    token: await app.metabaseSso.signGuest({ resource: { dashboard: Number(dashboard) }, params: { region: [region] } })
  }))
  app.get('/older-frame', async (_request, reply) => {
    const src = await app.metabaseSso.guestEmbedUrl(
      { resource: { question: 1 } }, { bordered: false, titled: true, theme: 'night' }
    )
    return reply.type('text/html; charset=utf-8').send(
      `<!doctype html><link rel="icon" href="data:,"><h1>Your app</h1><iframe src="${src.href.replaceAll(
        '&', '&amp;'
      )}" width="700" height="300"></iframe>`
    )
  })
}
