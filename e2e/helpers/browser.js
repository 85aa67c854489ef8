import { chromium } from 'playwright-core'
import { chromiumPath } from '../setup/chromium.js'

export const args = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
  // A stack trace, and the SDK takes some as it loads, would have V8 parse its 12 MB again and again.
  '--js-flags=--no-enable-lazy-source-positions',
  // Whatever a page asks of the world outside is not found.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'
]

export const startBrowser = () => chromium.launch({ executablePath: chromiumPath, args })

/** This machine, as two sites. */
const local = new Set(['127.0.0.1', 'localhost'])

/** A browser without a past, which keeps a list of what its pages ask of others than this machine. */
export async function startVisit (browser) {
  const context = await browser.newContext({ viewport: { width: 900, height: 600 } })
  context.setDefaultTimeout(60_000) // a busy machine is slow to read 12 MB of SDK
  const external = []
  // Looked at, not intercepted: with an interception playwright answers preflights itself.
  context.on('request', request => {
    const url = new URL(request.url())
    if (/^(https?|wss?):$/.test(url.protocol) && !local.has(url.hostname)) external.push(url.origin)
  })
  return { context, external }
}
