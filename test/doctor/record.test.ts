import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { doctor, rightSetup } from '../helpers/doctor.js'
import { startHost } from '../helpers/host.js'

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
    t.strictSame(report.differences, [])
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

t.test('doctor --record plays an open-source Metabase back as one, and leaves the app out', async t => {
  const { args, metabase } = await rightSetup(t)
  metabase.settings.edition = 'open-source'
  const { app } = await startHost(t)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const file = await fileIn(t)
  await doctor([...args, '--app-url', `${url}/sso/metabase`, '--record', file])
  const { calls, differences } = JSON.parse(await readFile(file, 'utf8'))
  t.ok(calls.length > 0)
  t.notOk(calls.some(({ request }: { request: string }) => /\/sso\/metabase/.test(request)))
  t.strictSame(differences, [])
})

t.test('doctor --record leaves out what Metabase never answered', async t => {
  const { args, env, metabase } = await rightSetup(t)
  metabase.fail('reset')
  const file = await fileIn(t)
  t.equal((await doctor([...args, '--record', file], env)).status, 1)
  t.strictSame(JSON.parse(await readFile(file, 'utf8')).calls, [])
})

t.test('doctor ends with 2 when its record cannot be written', async t => {
  const { args, env } = await rightSetup(t)
  const { status, stderr } = await doctor([...args, '--record', join(await fileIn(t), 'in-a-file-that-is-no-folder')], env)
  t.equal(status, 2)
  t.match(stderr, /^--record cannot be written: ENOENT/)
})
