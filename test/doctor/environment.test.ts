import t from 'tap'
import { doctor, rightSetup } from '../helpers/doctor.js'
import { ORIGIN } from '../helpers/host.js'
import { ownMetabase, silent } from '../helpers/own-metabase.js'

t.test('doctor reads the environment, and options win over it', async t => {
  const { env, metabase } = await rightSetup(t)
  const complete = { ...env, METABASE_INSTANCE_URL: metabase.url, METABASE_ORIGIN: `${ORIGIN}, ${ORIGIN}` }
  t.equal((await doctor([], complete)).status, 0)
  t.equal((await doctor([], { ...complete, METABASE_PUBLIC_URL: 'https://other.example.com' })).status, 1, 'site URL')
  t.equal((await doctor(['--public-url', metabase.url], { ...complete, METABASE_PUBLIC_URL: 'https://other.example.com' })).status, 0)
  t.equal((await doctor(['--instance-url', 'http://metabase.invalid'], complete)).status, 1)
  t.match((await doctor([], { ...complete, METABASE_ORIGIN: 'https://other.example.com' })).stdout, /\nFAIL cors: /)
})

t.test('doctor ends within --timeout where Metabase never answers', async t => {
  const own = await ownMetabase(t, { properties: silent, discovery: silent, to_session: silent, other: silent })
  const { status, stdout } = await doctor(['--instance-url', own.url, '--timeout', '1000'])
  t.equal(status, 1)
  t.match(stdout, /\nFAIL response: /)
})

t.test('doctor checks no secret that is not given', async t => {
  const { args } = await rightSetup(t)
  const { status, stdout } = await doctor(args, { METABASE_JWT_SHARED_SECRET: '', METABASE_EMBEDDING_SECRET_KEY: ' ' })
  t.equal(status, 0)
  t.match(stdout, /\nskip secret: /)
  t.match(stdout, /\n- Whether your key is the one that Metabase has: [^\n]*METABASE_JWT_SHARED_SECRET\)\.\n/)
  t.notMatch(stdout, / guest-secret: /)
})
