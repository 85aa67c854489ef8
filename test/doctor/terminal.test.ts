import t from 'tap'
import { doctor, rightSetup } from '../helpers/doctor.js'

const ESCAPE = '\u001B['
const CLEAR = `\r${ESCAPE}2K`

t.test('doctor has colours and progress on a terminal alone', async t => {
  const { args, env } = await rightSetup(t)
  t.notOk((await doctor(args, env)).stdout.includes(ESCAPE))
  const { stdout } = await doctor(args, env, true)
  t.ok(stdout.includes(`${ESCAPE}32mpass${ESCAPE}39m address: `))
  t.ok(stdout.includes(`${CLEAR}${ESCAPE}90m…    secret${ESCAPE}39m${CLEAR}`), 'what it waits for, until it has come')
})

t.test('doctor has no colours where NO_COLOR is set', async t => {
  const { args, env } = await rightSetup(t)
  const { stdout } = await doctor(args, { ...env, NO_COLOR: '1' }, true)
  t.notOk(stdout.replaceAll(CLEAR, '').includes(ESCAPE))
})

t.test('doctor --json shows its progress on stderr', async t => {
  const { args, env } = await rightSetup(t)
  const { stdout, stderr } = await doctor([...args, '--json'], env, true)
  t.ok(JSON.parse(stdout).ok)
  t.match(stderr, /… {4}secret/)
})
