import { createServer } from 'node:http'
import t from 'tap'
import { doctor, rightSetup } from '../helpers/doctor.js'
import { listen } from '../helpers/own-metabase.js'

const idsIn = (stdout: string): string[] => [...stdout.matchAll(/^\w+ ([\w-]+):/gm)].map(([, id = '']) => id)

t.test('doctor runs the checks of some groups with what they depend on, or all but some groups', async t => {
  const { args, env } = await rightSetup(t)
  const guest = idsIn((await doctor([...args, '--only', 'guest'], env)).stdout)
  t.ok(guest.includes('guest-secret') && guest.includes('address'))
  t.notOk(guest.includes('secret') || guest.includes('cors'))
  const others = idsIn((await doctor([...args, '--skip', 'guest,embedding', '--skip', 'secret'], env)).stdout)
  t.ok(others.includes('jwt-sso'))
  t.notOk(others.includes('guest-secret') || others.includes('cors') || others.includes('secret'))
})

t.test('doctor --warn-on-network succeeds where the network alone fails', async t => {
  const server = createServer()
  const port = await listen(t, server)
  server.close()
  const args = ['--instance-url', `http://127.0.0.1:${port}`]
  t.equal((await doctor(args)).status, 1)
  const { status, stdout } = await doctor([...args, '--warn-on-network'])
  t.equal(status, 0)
  t.match(stdout, /\nFAIL connection: /, 'and says so all the same')
  const json = await doctor([...args, '--warn-on-network', '--json'])
  t.match([json.status, JSON.parse(json.stdout).ok], [0, true])
})

t.test('doctor --warn-on-network fails where Metabase is set up wrong', async t => {
  const { args, env, metabase } = await rightSetup(t)
  metabase.settings.licensed = false
  t.equal((await doctor([...args, '--warn-on-network'], env)).status, 1)
})
