import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { doctor, rightSetup } from '../helpers/doctor.js'

const CLAIMS = { email: 'ann@example.com', first_name: 'Annabel', region: 'north-west', seats: 4711 }

async function fileIn (t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fastify-metabase-sso-'))
  t.teardown(async () => await rm(folder, { recursive: true }))
  return join(folder, 'report.json')
}

for (const version of ['v50', 'v55', 'v56', 'v58', 'v61'] as const) {
  t.test(`${version}: doctor --record writes what Metabase answers, without a value`, async t => {
    const { args, env, metabase } = await rightSetup(t, version)
    const file = await fileIn(t)
    const signIn = ['--allow-sign-in', '--claims', JSON.stringify(CLAIMS)]
    const { status } = await doctor([...args, ...signIn, '--record', file], env)
    t.equal(status, 0)
    const text = await readFile(file, 'utf8')
    const report = JSON.parse(text)
    t.match(report, { standIn: version, calls: [{ request: String, status: Number, type: String, headers: Array }] })
    const values = [...Object.values(env), ...Object.values(CLAIMS).map(String), new URL(metabase.url).host, 'eyJ']
    for (const value of values) t.notOk(text.includes(value))
    t.equal(metabase.sessions.size, 0)
  })
}

t.test('doctor --record lists what Metabase answers otherwise than the stand-in', async t => {
  const { args, env, metabase } = await rightSetup(t, 'v55')
  metabase.settings.release = '61.1' // says that it is newer than it is
  const file = await fileIn(t)
  const { stdout } = await doctor([...args, '--record', file], env)
  const { standIn, differences } = JSON.parse(await readFile(file, 'utf8'))
  t.equal(standIn, 'v61')
  t.ok(differences.some((text: string) => /POST \/auth\/sso\/to_session: status is 404/.test(text)), differences.join('\n'))
  t.match(stdout, /otherwise than the stand-in v61: POST/)
})

t.test('doctor --record compares nothing where it has found no Metabase', async t => {
  const file = await fileIn(t)
  await doctor(['--instance-url', 'http://metabase.invalid', '--record', file])
  t.strictSame(JSON.parse(await readFile(file, 'utf8')), {
    package: '0.1.0', metabase: null, standIn: null, calls: [], differences: []
  })
})
