import { Pool } from 'undici'
import { exampleJwt } from '../settings.js'
import { createHost, listen } from './host.js'

/**
 * What any route behind a login costs that asks another server: one GET over keep-alive connections, its answer relayed
 * as text.
 */
export async function start ({ instanceUrl }) {
  const app = await createHost()
  const pool = new Pool(instanceUrl)
  app.get('/sso/metabase', async (request, reply) => {
    if (request.session.user === undefined) return reply.code(401).send()
    const { body } = await pool.request({ method: 'GET', path: `/auth/sso?jwt=${exampleJwt}` })
    reply.type('application/json; charset=utf-8')
    return await body.text()
  })
  return await listen(app)
}
