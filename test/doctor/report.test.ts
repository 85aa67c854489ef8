import t from 'tap'
import { doctor, rightSetup } from '../helpers/doctor.js'

t.test('doctor prints the number of checks, a line for each, and ends with 0 when none failed', async t => {
  const { args, env, metabase } = await rightSetup(t)
  const { status, stdout, stderr } = await doctor(args, env)
  const [first = '', ...lines] = stdout.split('\n')
  const count = Number(/^(\d+) checks of http:/.exec(first)?.[1])
  t.ok(count > 15, first)
  t.equal(lines.filter(line => /^(pass|skip) [\w-]+: /.test(line)).length, count)
  t.match(stdout, /\n\d+ passed, 0 warned, 0 failed, \d+ skipped; Metabase v1\.61/)
  t.match(stdout, /\nNot proven:\n- /)
  t.notMatch(stdout, /Whether your key/)
  t.strictSame([status, stderr], [0, ''])
  t.strictSame([metabase.logins, metabase.users.size], [0, 0], 'no user is signed in')
})

t.test('doctor says below a failed check what to do, skips what depends on it, and ends with 1', async t => {
  const { args, env, metabase } = await rightSetup(t)
  metabase.settings.licensed = false
  const { status, stdout } = await doctor(args, env)
  t.match(stdout, /\nFAIL edition: [^\n]+\n {5}Check the licence [^\n]+\n {5}https:[^\n]+troubleshooting\.md#edition\n/)
  t.match(stdout, /\nskip jwt-sso: [^\n]+\(the check edition did not pass\)\n/)
  t.equal(status, 1)
  t.ok(stdout.indexOf('FAIL edition') < stdout.indexOf('skip jwt-sso'), 'the cause comes first')
})
