import { generate } from 'selfsigned'
import type { Test } from 'tap'
import { Agent } from 'undici'
import { standIn } from './host.js'

/** A name or an address that a certificate is for. */
export type AltName = { type: 7, ip: string } | { type: 2, value: string }

export const LOCAL = { type: 7, ip: '127.0.0.1' } as const satisfies AltName

/** Starts a stand-in on https, with a certificate of its own making that is valid since two days ago. */
export async function secured (t: Test, altName: AltName, days = 1) {
  const notBeforeDate = new Date(Date.now() - 2 * 24 * 3_600_000)
  const notAfterDate = new Date(notBeforeDate.getTime() + (2 + days) * 24 * 3_600_000)
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'metabase' }], {
    notBeforeDate,
    notAfterDate,
    extensions: [
      { name: 'basicConstraints', cA: true }, { name: 'subjectAltName', altNames: [altName] }
    ]
  })
  return { metabase: await standIn(t, { https: { key, cert } }), cert }
}

/** Makes a dispatcher that trusts a certificate. */
export async function trusting (t: Test, ca: string): Promise<Agent> {
  const dispatcher = new Agent({ connect: { ca } })
  t.teardown(async () => await dispatcher.close())
  return dispatcher
}
