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
  process.env[name] = value
  t.teardown(() => { delete process.env[name] })
}

/** Faults of what is around this process. */
export const networkFaults: Record<string, Fault> = {
  'an address of the host that does not answer': {
    check: 'connection',
    problem: 'partly',
    request: { only: ['network'] },
    seed: (_setup, t) => resolveTo(t, '127.0.0.1', '127.0.0.2'),
    mend: (_setup, t) => resolveTo(t, '127.0.0.1')
  },
  'a proxy of the environment, which the plugin does not use': {
    check: 'connection',
    problem: 'proxied',
    async seed ({ metabase, settings }, t) {
      setVariable(t, 'HTTP_PROXY', (await startProxy(t)).url)
      // Where nothing listens, but the proxy takes it for the other.
      settings.instanceUrl = metabase.settings.siteUrl = metabase.url.replace('127.0.0.1', '127.0.0.2')
    },
    mend: (_setup, t) => setVariable(t, 'NODE_USE_ENV_PROXY', '1')
  }
}
