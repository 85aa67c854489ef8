import t from 'tap'
import { run } from '../../bin/run.js'
import { doctor, rightSetup } from '../helpers/doctor.js'

/** The doctor's own default for the whole run, in milliseconds. */
const TIMEOUT = 15_000

for (const more of [[], ['--warn-on-network'], ['--json']]) {
  t.test(`doctor ends with 1 where its time was over and none failed: ${more.join('')}`, async t => {
    const { args, env } = await rightSetup(t)
    const { setTimeout } = globalThis
    t.teardown(() => { globalThis.setTimeout = setTimeout })
    let endRun = (): void => {}
    globalThis.setTimeout = Object.assign((work: () => void, delay?: number) => {
      if (delay === TIMEOUT) endRun = work
      return setTimeout(work, delay)
    }, { __promisify__: setTimeout.__promisify__ })

    const printed = { stdout: '', stderr: '' }
    const output = (name: keyof typeof printed) => ({
      isTTY: true,
      write (text: string) {
        printed[name] += text
        // The sign-in comes to its end all the same, and what depends on it is not run.
        if (/… {4}account/.test(text)) endRun()
      }
    })
    const signIn = ['--allow-sign-in', '--claims', '{"email":"ann@example.com"}']
    const status = await run(['doctor', ...args, ...signIn, ...more],
      { env, stdout: output('stdout'), stderr: output('stderr') })
    t.equal(status, 1)
    if (more.includes('--json')) {
      const { ok, checks } = JSON.parse(printed.stdout)
      t.equal(ok, false)
      t.notOk(checks.some(({ status }: { status: string }) => status === 'fail'))
    } else {
      t.match(printed.stdout, / 0 failed, /)
      t.match(printed.stdout, /\nThe time was over before all checks had run: raise --timeout\.\n/)
    }
  })
}

t.test('doctor ends with 0 where checks warn alone', async t => {
  const { args, env, metabase } = await rightSetup(t)
  metabase.settings.saml = true
  const { status, stdout } = await doctor(args, env)
  t.equal(status, 0)
  t.match(stdout, /\nwarn saml: /)
})
