import { promises as dns } from 'node:dns'
import type { Test } from 'tap'
import type { Fault } from '../diagnosis.js'
import { startProxy } from '../proxy.js'

/** Makes these the addresses of every host name, until the test ends. */
export function resolveTo (t: Test, ...addresses: string[]): void {
  const { lookup } = dns
  t.teardown(() => Object.assign(dns, { lookup }))
  Object.assign(dns, { lookup: async () => addresses.map(address => ({ address, family: 4 })) })
}

/** Sets a variable of the environment until the test ends. */
function setVariable (t: Test, name: string, value: string): void {
  const { [name]: before } = process.env
  process.env[name] = value
  t.teardown(() => {
    if (before === undefined) delete process.env[name]
    else process.env[name] = before
  })
}

/** The plugin does not use the proxy of the environment, which takes a host that cannot be reached for this machine. */
const behindProxy = (host: string): Pick<Fault, 'seed' | 'mend'> => ({
  async seed ({ metabase, settings }, t) {
    setVariable(t, 'http_proxy', (await startProxy(t)).url)
    setVariable(t, 'no_proxy', '')
    settings.publicUrl = metabase.url
    settings.instanceUrl = metabase.url.replace('127.0.0.1', host)
  },
  mend: (_setup, t) => setVariable(t, 'NODE_USE_ENV_PROXY', '1')
})

/** Faults of what is around this process. */
export const networkFaults: Record<string, Fault> = {
  'an address of the host that does not answer': {
    check: 'connection',
    problem: 'partly',
    request: { only: ['network'] },
    seed: (_setup, t) => resolveTo(t, '127.0.0.1', '127.0.0.2'),
    mend: (_setup, t) => resolveTo(t, '127.0.0.1')
  },
  'a proxy of the environment, without which no connection is made': {
    check: 'connection',
    problem: 'proxied',
    ...behindProxy('127.0.0.2')
  },
  'a proxy of the environment, which alone knows the host name': {
    check: 'address',
    problem: 'proxied',
    ...behindProxy('metabase.internal')
  }
}
