import { Agent } from 'undici'
import t from 'tap'
import { asAnn, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import { startProxy } from '../helpers/proxy.js'

/** Sets environment variables until the test is over. */
function setEnvironment (t: Parameters<typeof startProxy>[0], variables: NodeJS.ProcessEnv): void {
  const before = { ...process.env }
  t.teardown(() => { process.env = before })
  Object.assign(process.env, variables)
}

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
