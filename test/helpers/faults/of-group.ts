import t from 'tap'
import { checkRows, type DiagnosisGroup } from '../../../lib/diagnosis/checks.js'
import { checkFault, setUp } from '../diagnosis.js'
import { metabaseFaults } from './metabase.js'

/** Groups of which Metabase, or what stands in front of it, has faults. Each has a file of its own: faults-secret… */
export const faultGroups = new Set(Object.values(metabaseFaults).map(({ check }) => checkRows[check].group))

/** Tests each fault that the checks of a group find. */
export function testFaults (group: DiagnosisGroup): void {
  for (const [name, fault] of Object.entries(metabaseFaults)) {
    if (checkRows[fault.check].group !== group) continue
    t.test(`diagnose names the fault, and its fix mends it: ${name}`, async t => {
      const setup = await setUp(t, fault.version)
      await checkFault(t, fault, setup)
      t.equal(setup.metabase.logins, 0, 'no user is signed in')
      t.strictSame([...setup.metabase.users.keys(), ...setup.metabase.sessions.keys()], [])
    })
  }
}
