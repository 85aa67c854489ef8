import { readdirSync } from 'node:fs'
import t from 'tap'
import { checkIds, checkRows } from '../../lib/diagnosis/checks.js'
import { appFaults } from '../helpers/faults/app.js'
import { metabaseFaults } from '../helpers/faults/metabase.js'
import { networkFaults } from '../helpers/faults/network.js'
import { faultGroups } from '../helpers/faults/of-group.js'
import { signInFaults } from '../helpers/faults/sign-in.js'

// Each of these is seen by its own check, and by no other, and mended by its fix: see `checkFault`.
const tables = { ...metabaseFaults, ...networkFaults, ...signInFaults, ...appFaults }
const seeded = new Set(Object.values(tables).map(({ check, problem }) => `${check}: ${problem}`))

t.test('every problem that a check can find is seeded', async t => {
  const problems = checkIds.flatMap(id => Object.keys(checkRows[id].problems).map(problem => `${id}: ${problem}`))
  t.strictSame([...seeded].sort(), problems.sort())
})

t.test('every check has a fault of its own', async t => {
  t.strictSame(new Set(Object.values(tables).map(({ check }) => check)), new Set(checkIds))
})

t.test('the faults of every group have a test file', async t => {
  const files = readdirSync('test/diagnosis').filter(name => name.startsWith('faults-'))
  t.strictSame(files.sort(), [...faultGroups].map(group => `faults-${group}.test.ts`).sort())
})
