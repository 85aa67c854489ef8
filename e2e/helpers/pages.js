import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pagesFolder } from '../setup/bundle.js'

const ownScripts = ['guest-embeds.js', 'sign-out.js']
const escapeAttribute = text => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
const readOwn = name => readFile(new URL(`../pages/${name}`, import.meta.url), 'utf8')

/**
 * Serves the page that was bundled with an SDK, with its settings filled in, and pages with a frame, with a link and
 * with guest embeds.
 * @param {import('fastify').FastifyInstance} app
 * @param {string} sdk
 * @param {() => object} config
 */
export async function servePages (app, sdk, config) {
  const folder = pagesFolder(sdk)
  const [index, script] = await Promise.all(['index.html', 'main.js'].map(name => readFile(join(folder, name), 'utf8')))
  const page = body => `<!doctype html><link rel="icon" href="data:,"><h1>Your app</h1>${body}`

  app.get('/', async (_request, reply) => {
    const filled = index.replace(/(<script [^>]*id="config">)[^<]*/, (_, tag) => tag + JSON.stringify(config()))
    return reply.type('text/html; charset=utf-8').send(filled)
  })
  app.get('/main.js', async (_request, reply) => reply.type('text/javascript; charset=utf-8').send(script))
  app.get('/link', async ({ query: { href } }, reply) =>
    reply.type('text/html; charset=utf-8').send(page(`<a href="${escapeAttribute(href)}">Dashboard</a>`)))
  app.get('/frame', async ({ query: { src } }, reply) => {
    return reply.type(
      'text/html; charset=utf-8'
    ).send(page(`<iframe src="${escapeAttribute(src)}" width="700" height="300"></iframe>
      <p><button id="sign-out">Sign out of Metabase</button> <output id="report"></output></p>
      <script type="application/json" id="config">${JSON.stringify(config())}</script>
      <script type="module" src="/sign-out.js"></script>`))
  })
  // Such as the README has it, with the elements that the flow wants.
  app.get('/guest', async ({ query: { elements } }, reply) => {
    const { instanceUrl, guestEmbedProviderUri } = config()
    return reply.type('text/html; charset=utf-8').send(page(`
      <script>window.metabaseConfig = ${JSON.stringify({ isGuest: true, instanceUrl, guestEmbedProviderUri })}</script>
      <script defer src="/guest-embeds.js"></script>
      ${elements}`))
  })
  for (const name of ownScripts) {
    const script = await readOwn(name)
    app.get(`/${name}`, async (_request, reply) => reply.type('text/javascript; charset=utf-8').send(script))
  }
}
