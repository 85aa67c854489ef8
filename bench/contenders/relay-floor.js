import { Pool } from 'undici'
import { CONNECTIONS, exampleJwt } from '../settings.js'
import { createHost, listen } from './host.js'

const body = JSON.stringify({ jwt: exampleJwt })
const headers = { 'content-type': 'application/json' }

/**
 * What any route behind a login costs that asks another server: one POST over keep-alive connections, as many as the
 * plugin has, its response relayed as text.
 */
export async function start ({ instanceUrl }) {
  const app = await createHost()
  const pool = new Pool(instanceUrl, { connections: CONNECTIONS })
  app.get('/sso/metabase', async (request, reply) => {
    if (request.session.user === undefined) return reply.code(401).send()
    const response = await pool.request({ method: 'POST', path: '/auth/sso/to_session', headers, body })
    reply.type('application/json; charset=utf-8')
    return await response.body.text()
  })
  return await listen(app)
}
