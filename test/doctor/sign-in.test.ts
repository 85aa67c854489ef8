import t from 'tap'
import { doctor, rightSetup } from '../helpers/doctor.js'
import { VERSIONS } from '../helpers/exchange.js'

const CLAIMS = ['--allow-sign-in', '--claims', '{"email":"ann@example.com","region":"north"}']

for (const version of VERSIONS) {
  t.test(`${version}: doctor --claims signs in, says what became of it, and leaves no session`, async t => {
    const { args, env, metabase } = await rightSetup(t, version)
    const { status, stdout } = await doctor([...args, ...CLAIMS], env)
    t.equal(status, 0, stdout)
    t.match(stdout, /\npass account: Metabase signs the user in \(account 1, by [\w-]+; its session is ended\)\n/)
    t.match(stdout, /\npass attributes: [^\n]+\(region\)\n/)
    t.strictSame([metabase.logins, metabase.users.size, metabase.sessions.size], [1, 1, 0])
  })
}

t.test('doctor --claims names the reason when Metabase refuses the user', async t => {
  const { args, env, metabase } = await rightSetup(t)
  metabase.settings.userProvisioning = false
  const { status, stdout } = await doctor([...args, ...CLAIMS], env)
  t.equal(status, 1)
  t.match(stdout, /\nFAIL account: [^\n]+\n {5}[^\n]*provisioning/i)
})

t.test('doctor --claims expects tenants where the claims name one', async t => {
  const { args, env, metabase } = await rightSetup(t)
  metabase.settings.release = '63.1.2' // which can make an internal user of a tenant's
  metabase.settings.tenants = new Map([['acme', { active: true }]])
  t.notMatch((await doctor([...args, ...CLAIMS], env)).stdout, /\nwarn /)
  const ofTenant = ['--allow-sign-in', '--claims', '{"email":"bao@example.com","@tenant":"acme"}']
  const { status, stdout } = await doctor([...args, ...ofTenant], env)
  t.equal(status, 0)
  t.match(stdout, /\nwarn version: [^\n]+internal user/)
})

t.test('doctor --claims finds a renamed claim, and --claim-name mends it', async t => {
  const { args, env, metabase } = await rightSetup(t)
  metabase.settings.claimNames.email = 'mail'
  const { stdout } = await doctor([...args, ...CLAIMS], env)
  t.match(stdout, /\nFAIL account: [^\n]+\n {5}Set `claimNames`/)
  t.match((await doctor([...args, ...CLAIMS, '--claim-name', 'email=mail'], env)).stdout, /\npass account: /)
  t.equal(metabase.sessions.size, 0)
})
