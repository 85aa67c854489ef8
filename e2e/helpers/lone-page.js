import { once } from 'node:events'
import { createServer } from 'node:http'

/**
 * Serves a page on an origin of its own.
 * @param {string} body HTML
 * @param {object} [setting]
 * @param {'localhost' | '127.0.0.1'} [setting.site] `localhost` is another site than all else, which is on 127.0.0.1
 * @param {Record<string, string>} [setting.headers]
 */
export async function servePage (body, { site = 'localhost', headers } = {}) {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers })
      .end(`<!doctype html><link rel="icon" href="data:,"><h1>Another page</h1>${body}`)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://${site}:${server.address().port}/`,
    async close () {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
  }
}
