// The demo: a host app with the plugin, and a Metabase to sign in to. `npm run demo` starts it.
import { buildHost } from './host.js'
import { readSettings } from './settings.js'
import { startStandIn } from './stand-in.js'

try {
  await start(readSettings(process.env))
} catch (error) {
  console.error(error.message) // an option that the plugin refuses says there what to change
  process.exitCode = 1
}

/** @param {import('./settings.js').Settings} settings */
async function start ({ host, browserHost, port, ownMetabase }) {
  const standIn = ownMetabase === undefined ? await startStandIn({ host, browserHost }) : undefined
  const stop = async () => await Promise.all([app?.close(), standIn?.close()])
  let app
  try {
    app = await buildHost(ownMetabase ?? standIn, standIn?.switches)
    const url = `http://${browserHost}:${await listen(app, host, port)}`
    standIn?.sendVisitorsTo(`${url}/sso/metabase`)
    // Not once(): npm passes a Ctrl-C on, so that it may arrive twice.
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop)
    if (ownMetabase !== undefined) console.log(`This demo signs sample people in to ${ownMetabase.instanceUrl}`)
    console.log(`The demo is at ${url} (Ctrl-C ends it)`)
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
