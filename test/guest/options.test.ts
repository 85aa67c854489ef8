import Fastify from 'fastify'
import t from 'tap'
import metabaseSso from '../../index.js'
import { payloadOf } from '../helpers/exchange.js'
import { askAsEmbedJs, EMBEDDING_SECRET, shows } from '../helpers/guest.js'
import { SECRET, standIn, startHost } from '../helpers/host.js'

const good = { secret: EMBEDDING_SECRET, authorize: () => ({}) }

const refused: Record<string, [guest: unknown, code: string, message?: RegExp]> = {
  'no object': [
    true,
    'METABASE_SSO_OPTION_INVALID',
    /"guest" must be an object[^.]*\. See the options of `guest` in docs\/guest-embeds\.md\.$/
  ],
  null: [null, 'METABASE_SSO_OPTION_INVALID', /"guest" must be an object/],
  'no secret': [
    { ...good, secret: undefined },
    'METABASE_SSO_SECRET_INVALID',
    /"guest\.secret" is missing or blank\. Set `guest\.secret` to Metabase's embedding secret key, or return that: Admin > Embedding \(newer: Embedding > Security\)\. It is not the JWT signing key\. Is the environment variable set\?$/
  ],
  'a blank secret': [{ ...good, secret: '  ' }, 'METABASE_SSO_SECRET_INVALID', /"guest\.secret" is missing or blank/],
  'an array of secrets': [
    { ...good, secret: [EMBEDDING_SECRET] }, 'METABASE_SSO_SECRET_INVALID', /"guest\.secret" must be a string/
  ],
  'a short secret': [{ ...good, secret: 'short' }, 'METABASE_SSO_SECRET_INVALID', /"guest\.secret"/],
  'the JWT signing key as its secret': [
    { ...good, secret: SECRET }, 'METABASE_SSO_GUEST_SECRET_SHARED', /embedding secret key/
  ],
  'the JWT signing key as its secret, in a Buffer': [
    { ...good, secret: Buffer.from(SECRET) }, 'METABASE_SSO_GUEST_SECRET_SHARED'
  ],
  'a PEM key': [
    { ...good, secret: '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----' },
    'METABASE_SSO_SECRET_INVALID',
    /"guest\.secret" is no key/
  ],
  'no authorize': [
    { secret: EMBEDDING_SECRET }, 'METABASE_SSO_OPTION_INVALID', /"guest\.authorize" must be a function/
  ],
  'an authorize that is no function': [
    { ...good, authorize: true }, 'METABASE_SSO_OPTION_INVALID', /"guest\.authorize"/
  ],
  'a public that is no boolean': [
    { ...good, public: 'yes' }, 'METABASE_SSO_OPTION_INVALID', /"guest\.public" must be true or false/
  ],
  'a path without a slash': [{ ...good, path: 'guest' }, 'METABASE_SSO_OPTION_INVALID', /"guest\.path"/],
  'a lifetime of 0': [{ ...good, tokenLifetime: 0 }, 'METABASE_SSO_OPTION_INVALID', /"guest\.tokenLifetime"/],
  'a misspelt option': [
    { ...good, authorise: () => ({}) },
    'METABASE_SSO_OPTION_UNKNOWN',
    /"guest\.authorise" \(did you mean "guest\.authorize"\?\); there are guest\.secret, .*\. See the options of `guest`/
  ],
  'a path that is taken': [{ ...good, path: '/taken' }, 'METABASE_SSO_PATH_TAKEN', /POST \/taken/]
}

for (const [name, [guest, code, message = /./]] of Object.entries(refused)) {
  t.test(`guest embeds with ${name} are refused when the app boots`, async t => {
    const app = Fastify()
    app.post('/taken', () => {})
    app.register(
      metabaseSso,
      { secret: SECRET, instanceUrl: 'https://metabase.example.com', getUser: () => null, guest: guest as typeof good }
    )
    await t.rejects(async () => await app.ready(), { code, message })
  })
}

t.test('no key of an array may be the embedding secret key', async t => {
  const app = Fastify()
  app.register(metabaseSso, {
    secret: [SECRET, EMBEDDING_SECRET], instanceUrl: 'https://metabase.example.com', getUser: () => null, guest: good
  })
  await t.rejects(async () => await app.ready(), { code: 'METABASE_SSO_GUEST_SECRET_SHARED' })
})

t.test('the guest route has its path below the plugin’s, or one of its own', async t => {
  const metabase = await standIn(t, { embeddingSecret: EMBEDDING_SECRET })
  for (const [path, guestPath, url] of [
    ['/bi', undefined, '/bi/guest'], ['/', undefined, '/guest'], ['/bi', '/tokens', '/tokens']
  ] as const) {
    const { app, logIn } = await startHost(
      t, { options: { path, guest: { ...good, path: guestPath, tokenLifetime: 60 } } }
    )
    const response = await app.inject(
      { method: 'POST', url, cookies: await logIn(), payload: { entityType: 'dashboard', entityId: 1 } }
    )
    t.match(await shows(metabase, 'dashboard', response.json().jwt), { id: 1 }, url)
    const { iat, exp } = payloadOf(response.json().jwt)
    t.equal(Number(exp) - Number(iat), 60)
  }
})

t.test('the secret may be a function', async t => {
  let calls = 0
  const secret = async () => { calls++; return EMBEDDING_SECRET }
  const { app, metabase, logIn } = await startHost(
    t, { metabase: { embeddingSecret: EMBEDDING_SECRET }, options: { guest: { ...good, secret } } }
  )
  const cookies = await logIn()
  for (let i = 0; i < 3; i++) {
    const response = await askAsEmbedJs(app, { entityType: 'dashboard', entityId: 1 }, cookies)
    t.match(await shows(metabase, 'dashboard', response.json().jwt), { id: 1 })
  }
  t.equal(calls, 1, 'what it returned is kept for a while')
})

t.test('a function that returns the JWT signing key is found out at the first token', async t => {
  for (const options of [
    { guest: { ...good, secret: () => SECRET } }, { secret: () => EMBEDDING_SECRET, guest: good }
  ]) {
    const { app, logIn } = await startHost(t, { options })
    const response = await askAsEmbedJs(app, { entityType: 'dashboard', entityId: 1 }, await logIn())
    t.match([response.statusCode, response.json()], [500, { code: 'METABASE_SSO_GUEST_SECRET_SHARED' }])
  }
})

t.test('guests do not depend on the vault of the other key', async t => {
  const { app, logIn } = await startHost(t, { options: { secret: () => { throw new Error('sealed') }, guest: good } })
  t.equal((await askAsEmbedJs(app, { entityType: 'dashboard', entityId: 1 }, await logIn())).statusCode, 200)
})
