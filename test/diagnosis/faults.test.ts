import t from 'tap'
import { checkFault, setUp } from '../helpers/diagnosis.js'
import { metabaseFaults } from '../helpers/faults/metabase.js'

for (const [name, fault] of Object.entries(metabaseFaults)) {
  t.test(`diagnose names the fault, and its fix mends it: ${name}`, async t => {
    const setup = await setUp(t, fault.version)
    await checkFault(t, fault, setup)
    t.equal(setup.metabase.logins, 0, 'no user is signed in')
    t.strictSame([...setup.metabase.users.keys(), ...setup.metabase.sessions.keys()], [])
  })
}
