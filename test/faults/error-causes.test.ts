import { inspect } from 'node:util'
import t, { type Test } from 'tap'
import { failureNames, type MetabaseStandIn } from '../../testing/index.js'
import { MetabaseSsoError } from '../../index.js'
import { VERSIONS, lightHost } from '../helpers/exchange.js'
import { expectedOf } from '../helpers/failure-table.js'
import { ANN, SECRET, searchForSecrets, standIn } from '../helpers/host.js'

/** Every string that can be reached from a value, also through what is not enumerable. */
function stringsIn (value: unknown, seen = new Set<unknown>()): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null || seen.has(value)) return []
  seen.add(value)
  return Reflect.ownKeys(value).flatMap(key => stringsIn(Reflect.get(value, key), seen))
}

function checkError (t: Test, error: unknown, metabase: MetabaseStandIn, name: string) {
  t.ok(error instanceof MetabaseSsoError, name)
  const written = [...stringsIn(error), inspect(error, { depth: 10, showHidden: true }), JSON.stringify(error)]
  t.doesNotThrow(() => searchForSecrets(written, [SECRET, ...metabase.sessions.keys()]), name)
}

for (const version of VERSIONS) {
  t.test(`${version}: whoever logs an error with all its causes logs no secret`, async t => {
    const metabase = await standIn(t, { version })
    const patient = await lightHost(t, metabase)
    const impatient = await lightHost(t, metabase, { timeout: 150 })
    await patient.metabaseSso.exchange(ANN)

    for (const on of ['all', 'jwt'] as const) {
      for (const name of failureNames) {
        const { metabaseSso } = name === 'hang' || name === 'drip' ? impatient : patient
        metabase.fail(name, { on })
        const error: unknown = await metabaseSso.exchange(ANN).then(() => undefined, (error: unknown) => error)
        checkError(t, error, metabase, name)
        t.match(error, { code: expectedOf(name, { version })[0] })
        if (name !== 'reset' && name !== 'wrong-length') continue
        t.ok(error instanceof Error && error.cause instanceof Error, `${name}: the cause is there`)
      }
    }
  })
}
