import t from 'tap'
import { doctor, rightSetup } from '../helpers/doctor.js'

t.test('doctor --json prints the report, and nothing else, on stdout', async t => {
  const { args, env, metabase } = await rightSetup(t)
  for (const isRight of [true, false]) {
    metabase.settings.licensed = isRight
    const { status, stdout, stderr } = await doctor([...args, '--json'], env)
    const report = JSON.parse(stdout)
    t.strictSame(Object.keys(report), ['ok', 'version', 'checks', 'notProven'])
    t.match(report, { ok: isRight, version: 'v1.61.1', checks: [{ id: 'address', group: 'network', status: 'pass' }] })
    t.strictSame([status, stderr], [isRight ? 0 : 1, ''])
  }
})

t.test('doctor --json has no version where no Metabase was found', async t => {
  const { stdout } = await doctor(['--json', '--instance-url', 'http://metabase.invalid'])
  t.match(JSON.parse(stdout), { ok: false, version: null })
})
