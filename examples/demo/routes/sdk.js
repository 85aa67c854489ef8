import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { people } from '../people.js'
import { loginRoutes } from './login.js'

/**
 * @typedef {object} SdkPage examples/react, bundled with a release of Metabase's React SDK
 * @property {string} release such as `0.56.3`
 * @property {string} era how examples/react calls its like
 * @property {string} folder where its `main.js` is
 */

const read = async name => await readFile(new URL(`../sdk/${name}`, import.meta.url), 'utf8')

/** The SDK's own look, but for the font, which a stand-in does not have. */
const theme = { fontFamily: 'system-ui, sans-serif', colors: { brand: '#2b639f' } }

/**
 * Pages with Metabase's React SDK in them, one for each release.
 * @param {{ pages: SdkPage[], instanceUrl: string, questionIds: number[] }} options
 */
export async function sdkRoutes (app, { pages, instanceUrl, questionIds }) {
  const [html, css, js] = await Promise.all(['page.html', 'page.css', 'page.js'].map(read))
  const metabase = new URL(instanceUrl).origin
  // The SDK makes style sheets as it goes, and talks to Metabase itself.
  const policy = `default-src 'self'; connect-src 'self' ${metabase}; font-src ${metabase} data:; img-src 'self' ${metabase} data: blob:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'`

  app.addHook('onSend', async (_request, reply) => {
    reply.headers(
      { 'content-security-policy': policy, 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache' }
    )
  })
  app.get('/', async (_request, reply) => reply.redirect(`/sdk/${pages.at(-1).release}`))
  app.get('/page.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(css))
  app.get('/page.js', async (_request, reply) => reply.type('text/javascript; charset=utf-8').send(js))

  for (const { release, era, folder } of pages) {
    const script = await readFile(join(folder, 'main.js'))
    const home = `/sdk/${release}`
    await app.register(loginRoutes, { prefix: `/${release}`, home })
    app.get(`/${release}/main.js`, async (_request, reply) => reply.type('text/javascript; charset=utf-8').send(script))
    app.get(`/${release}`, async (request, reply) => {
      const config = {
        instanceUrl,
        hostUrl: home,
        ssoUrl: `${request.protocol}://${request.host}/sso/metabase`,
        sdk: era,
        questionIds,
        people: people.map(({ email }) => email),
        theme,
        releases: pages.map(({ release, era }) => ({ release, era, current: `/sdk/${release}` === home }))
      }
      const filled = { CONFIG: JSON.stringify(config).replaceAll('<', '\\u003c'), SCRIPT: `${home}/main.js` }
      return reply.type('text/html; charset=utf-8').send(html.replace(/\{\{(CONFIG|SCRIPT)\}\}/g, (_, name) =>
        filled[name]))
    })
  }
}
