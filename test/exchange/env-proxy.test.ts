import { inspect } from 'node:util'
import { Agent } from 'undici'
import t from 'tap'
import { asAnn, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import { setEnvironment, startProxy } from '../helpers/proxy.js'

async function signInThrough (t: Parameters<typeof startProxy>[0], variables: NodeJS.ProcessEnv, options = {}) {
  const { url, tunnels } = await startProxy(t)
  setEnvironment(t, { HTTP_PROXY: url, http_proxy: url, NO_PROXY: '', no_proxy: '', ...variables })
  const host = await startHost(t, { options })
  t.strictSame(outcome(await (await asAnn(host))()), ['ok', 200])
  return { tunnels, metabase: new URL(host.metabase.url).host }
}

t.test('with NODE_USE_ENV_PROXY=1 the plugin goes through HTTP_PROXY, as fetch does', async t => {
  const { tunnels, metabase } = await signInThrough(t, { NODE_USE_ENV_PROXY: '1' })
  t.ok(tunnels.length > 0)
  t.strictSame([...new Set(tunnels)], [metabase])
})

t.test('the plugin heeds NO_PROXY', async t => {
  const { tunnels } = await signInThrough(t, { NODE_USE_ENV_PROXY: '1', NO_PROXY: 'localhost,127.0.0.1', no_proxy: 'localhost,127.0.0.1' })
  t.strictSame(tunnels, [])
})

t.test('without NODE_USE_ENV_PROXY=1 the plugin ignores HTTP_PROXY', async t => {
  const { tunnels } = await signInThrough(t, { NODE_USE_ENV_PROXY: undefined })
  t.strictSame(tunnels, [])
})

t.test('a dispatcher of the host goes before NODE_USE_ENV_PROXY', async t => {
  const dispatcher = new Agent()
  t.teardown(() => dispatcher.close())
  const { tunnels } = await signInThrough(t, { NODE_USE_ENV_PROXY: '1' }, { dispatcher })
  t.strictSame(tunnels, [])
})

const WRONG = {
  'that is cut short': 'http://ann:open-sesame@[::1',
  'without a scheme': 'ann:open-sesame@proxy.example.com:3128',
  'of another scheme': 'ftp://ann:open-sesame@proxy.example.com:3128',
  'whose scheme ends like one': 'xhttp://ann:open-sesame@proxy.example.com:3128',
  'whose scheme begins like one': 'https5://ann:open-sesame@proxy.example.com:3128',
  'whose password is not encoded': 'http://ann:open-sesame%@proxy.example.com:3128'
}

for (const [what, url] of Object.entries(WRONG)) {
  t.test(`a proxy URL ${what} stops the boot, and is not quoted`, async t => {
    setEnvironment(t, { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: '', http_proxy: '', HTTPS_PROXY: url, https_proxy: undefined })
    const { app } = await startHost(t)
    const error = await app.ready().then(() => undefined, (error: unknown) => error)
    t.match(error, {
      code: 'METABASE_SSO_PROXY_URL_INVALID',
      message: /the environment variable HTTPS_PROXY holds no proxy URL\. Write http:\/\/host:port/
    })
    t.notMatch(inspect(error), 'open-sesame')
  })
}

t.test('a proxy URL that turns wrong after boot fails a sign-in, and the app closes', async t => {
  setEnvironment(t, { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: '', http_proxy: '' })
  const host = await startHost(t)
  await host.app.ready()
  process.env.http_proxy = WRONG['that is cut short']
  t.strictSame(outcome(await (await asAnn(host))()), ['METABASE_SSO_PROXY_URL_INVALID', 500])
  t.notMatch(JSON.stringify(host.logs), 'open-sesame')
  await t.resolves(host.app.close())
})

t.test('the plugin accepts a proxy URL with a percent-encoded password', async t => {
  setEnvironment(t, { NODE_USE_ENV_PROXY: '1', http_proxy: 'http://ann:open%20sesame@127.0.0.1:1', https_proxy: '' })
  await t.resolves(async () => await (await startHost(t)).app.ready())
})

t.test('the plugin accepts a proxy URL of each scheme that undici has a proxy for', async t => {
  for (const scheme of ['http', 'https', 'socks', 'socks5']) {
    setEnvironment(t, { NODE_USE_ENV_PROXY: '1', http_proxy: '', https_proxy: `${scheme}://127.0.0.1:1` })
    await t.resolves(async () => await (await startHost(t)).app.ready(), scheme)
  }
})

t.test('without NODE_USE_ENV_PROXY=1 the plugin ignores a wrong proxy URL', async t => {
  setEnvironment(t, { NODE_USE_ENV_PROXY: '0', http_proxy: WRONG['that is cut short'] })
  await t.resolves(async () => await (await startHost(t)).app.ready())
})

t.test('diagnose names the wrong proxy URL', async t => {
  setEnvironment(t, { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: '', http_proxy: '' })
  const { app } = await startHost(t)
  await app.ready()
  process.env.http_proxy = WRONG['that is cut short']
  const { ok, checks } = await app.metabaseSso.diagnose()
  t.notOk(ok)
  t.match(JSON.stringify(checks), 'the environment variable http_proxy holds no proxy URL')
  t.notMatch(JSON.stringify(checks), 'open-sesame')
})
