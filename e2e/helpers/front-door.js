import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'

const bundle = new URL('../pages/sdk-loader/embedding-sdk.js', import.meta.url)

/**
 * Stands before a Metabase that has no bundle of the SDK to serve: answers with the imitated one, and passes everything
 * else on as it is. The browser's requests are not intercepted for it: then playwright would answer the preflights.
 * @param {string} instanceUrl of the Metabase
 * @returns its URL, and what was asked for of the bundle
 */
export async function startFrontDoor (instanceUrl) {
  const script = await readFile(bundle)
  const { hostname: host, port } = new URL(instanceUrl)
  const bundleRequests = []
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming
    if (path.split('?', 1)[0] === '/app/embedding-sdk.js') {
      bundleRequests.push(path)
      outgoing.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(script)
      return
    }
    const passedOn = request({ host, port, method, path, headers }, answer => {
      outgoing.writeHead(answer.statusCode, answer.headers)
      answer.pipe(outgoing)
    })
    passedOn.on('error', () => outgoing.destroy())
    incoming.pipe(passedOn)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    bundleRequests,
    async close () {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
  }
}
