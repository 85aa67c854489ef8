import t from 'tap'
import type { Generation } from '../../testing/index.js'
import { annsJwt, sign } from './helpers/sign.js'
import { ask, postJson, sdk, start, trade } from './helpers/stand-in.js'

t.test('the generation can be changed while the instance runs', async t => {
  const metabase = await start(t, { generation: 'D' })
  const post = async () => (await postJson(metabase, '/auth/sso', { jwt: annsJwt() }, sdk)).status
  t.equal(await post(), 200)
  metabase.generation = 'C'
  t.equal(await post(), 501)
  metabase.generation = 'A'
  t.equal((await ask(metabase, `/auth/sso?token=true&jwt=${annsJwt()}`)).status, 200)
  metabase.generation = 'D'
  t.equal(await post(), 200)
  t.equal(metabase.users.size, 1, 'the accounts stay')
})

t.test('so can the secret', async t => {
  const metabase = await start(t)
  metabase.secret = 'rotated'
  t.equal((await trade(metabase, annsJwt())).text, 'Message seems corrupt or manipulated')
  t.equal((await trade(metabase, sign({ email: 'ann@example.com' }, 'rotated'))).status, 200)
})

t.test('the version fits generation and edition', async t => {
  const metabase = await start(t)
  const tags = []
  for (const generation of ['A', 'B', 'C', 'D'] satisfies Generation[]) {
    metabase.generation = generation
    const { json } = await ask(metabase, '/api/session/properties')
    t.equal(json['site-url'], metabase.url)
    tags.push(Object(json.version).tag)
  }
  t.match(tags, [/^v1\.54\./, /^v1\.55\./, /^v1\.58\./, /^v1\.61\./])
  metabase.settings.edition = 'open-source'
  t.match((await ask(metabase, '/api/session/properties')).json, { version: { tag: /^v0\.61\./ } })
})
