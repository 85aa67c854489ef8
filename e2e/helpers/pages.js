import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pagesFolder } from '../setup/bundle.js'

/**
 * Serves the React example as it was bundled with an SDK, with its settings filled in, and a page with a frame.
 * @param {import('fastify').FastifyInstance} app
 * @param {string} sdk
 * @param {() => object} config
 */
export async function servePages (app, sdk, config) {
  const folder = pagesFolder(sdk)
  const [index, script] = await Promise.all(['index.html', 'main.js'].map(name => readFile(join(folder, name), 'utf8')))
  const page = body => `<!doctype html><link rel="icon" href="data:,">${body}`

  app.get('/', async (_request, reply) => {
    const filled = index.replace(/(<script [^>]*id="config">)[^<]*/, (_, tag) => tag + JSON.stringify(config()))
    return reply.type('text/html; charset=utf-8').send(filled)
  })
  app.get('/main.js', async (_request, reply) => reply.type('text/javascript; charset=utf-8').send(script))
  app.get('/frame', async ({ query: { src } }, reply) => {
    const address = src.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
    return reply.type('text/html; charset=utf-8').send(page(`<h1>Your app</h1><iframe src="${address}" width="700" height="300"></iframe>`))
  })
}
