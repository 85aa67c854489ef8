import t from 'tap'
import type { MetabaseVersion } from '../../testing/index.js'
import { annsJwt, sign } from './helpers/sign.js'
import { ask, postJson, sdk, start, trade } from './helpers/stand-in.js'

t.test('the version can be changed while the instance runs', async t => {
  const metabase = await start(t, { version: 'v61' })
  const post = async () => (await postJson(metabase, '/auth/sso', { jwt: annsJwt() }, sdk)).status
  t.equal(await post(), 200)
  metabase.version = 'v58'
  t.equal(await post(), 501)
  metabase.version = 'v50'
  t.equal((await ask(metabase, `/auth/sso?token=true&jwt=${annsJwt()}`)).status, 200)
  metabase.version = 'v61'
  t.equal(await post(), 200)
  t.equal(metabase.users.size, 1, 'the accounts stay')
})

t.test('the secret can be changed while the instance runs', async t => {
  const metabase = await start(t)
  metabase.secret = 'rotated'
  t.equal((await trade(metabase, annsJwt())).text, 'Message seems corrupt or manipulated')
  t.equal((await trade(metabase, sign({ email: 'ann@example.com' }, 'rotated'))).status, 200)
})

t.test('/api/session/properties fits version, edition and switches', async t => {
  const metabase = await start(t)
  const tags = []
  for (const version of ['v50', 'v55', 'v56', 'v58', 'v61'] satisfies MetabaseVersion[]) {
    metabase.version = version
    const { json } = await ask(metabase, '/api/session/properties')
    t.equal(json['site-url'], metabase.url)
    t.match(
      json, { 'enable-embedding-sdk': true, 'enable-embedding-modular': true, 'token-features': { sso_jwt: true } }
    )
    tags.push(Object(json.version).tag)
  }
  t.match(tags, [/^v1\.50\./, /^v1\.55\./, /^v1\.56\./, /^v1\.58\./, /^v1\.61\./])
  Object.assign(metabase.settings, { licensed: false, simpleEmbedding: false, sdkEmbedding: false })
  t.match((await ask(metabase, '/api/session/properties')).json, {
    'enable-embedding-sdk': false, 'enable-embedding-modular': false, 'token-features': { sso_jwt: false }
  })
  metabase.settings.edition = 'open-source'
  t.match((await ask(metabase, '/api/session/properties')).json, { version: { tag: /^v0\.61\./ } })
})
