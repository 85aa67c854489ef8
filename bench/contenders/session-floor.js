import { exampleJwt, session } from '../settings.js'
import { createHost, listen } from './host.js'

/** What any route behind a login costs: it answers a constant of the same size. */
export async function start () {
  const app = await createHost()
  app.get('/sso/metabase', async (request, reply) => {
    if (request.session.user === undefined) return reply.code(401).send()
    return request.query.response === 'json' ? { jwt: exampleJwt } : session
  })
  return await listen(app)
}
