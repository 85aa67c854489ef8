import { buildHost } from './host.js'
import { readSettings } from './settings.js'
import { startStandIn } from './stand-in.js'

/**
 * Starts the host app and, unless the environment names a Metabase, the stand-in. Ctrl-C ends both.
 * @param {import('./routes/sdk.js').SdkPage[]} [sdkPages] with them, the demo has the SDK in it
 */
export async function startDemo (sdkPages = []) {
  const { host, browserHost, port, ownMetabase, questionIds } = readSettings(process.env)
  const standIn = ownMetabase === undefined ? await startStandIn({ host, browserHost }) : undefined
  const stop = async () => await Promise.all([app?.close(), standIn?.close()])
  let app
  try {
    app = await buildHost({ ...(ownMetabase ?? standIn), switches: standIn?.switches, sdkPages, questionIds })
    const url = `http://${browserHost}:${await listen(app, host, port)}`
    standIn?.welcome(url)
    // Not once(): npm passes a Ctrl-C on, so that it may arrive twice.
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop)
    if (ownMetabase !== undefined) console.log(`This demo signs sample people in to ${ownMetabase.instanceUrl}`)
    console.log(`The demo is at ${url}${sdkPages.length > 0 ? '/sdk' : ''} (Ctrl-C ends it)`)
  } catch (error) {
    await stop()
    throw error
  }
}

/** Listens on the port, or on any free one when it is taken. Returns the one that it is. */
async function listen (app, host, port) {
  try {
    await app.listen({ host, port })
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error
    console.log(`Port ${port} is taken: using a free one.`)
    await app.listen({ host, port: 0 })
  }
  return app.server.address().port
}
