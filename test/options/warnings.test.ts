import t, { type Test } from 'tap'
import metabaseSso, { type MetabaseSsoOptions } from '../../index.js'
import { EMBEDDING_SECRET } from '../helpers/guest.js'
import { SECRET, startHost } from '../helpers/host.js'

/** The warnings of an app that boots with these options. */
async function warnings (t: Test, options: Partial<MetabaseSsoOptions>): Promise<string[]> {
  const { app, logs } = await startHost(t, { options: false })
  app.register(metabaseSso, { secret: SECRET, instanceUrl: 'https://metabase.example.com', ...options })
  await app.ready()
  await app.inject('/sso/metabase')
  return logs.filter(({ level }) => level === 40).map(({ msg }) => msg)
}

const HTTP = /^option "instanceUrl" is http:\/\/ for a public name/

for (const instanceUrl of [
  'http://metabase.example.com', 'http://metabase.example.com:3000/bi', 'http://8.8.8.8', 'http://172.32.0.1:3000', 'http://10.example.com',
  'http://[2001:db8::1]:3000', 'http://[fd1::1]', 'http://localhost.example.com', 'http://metabase.internal.example.com', 'http://metabase.example.com.'
]) {
  t.test(`the app warns once, when it boots, of ${instanceUrl}`, async t => {
    t.match(await warnings(t, { instanceUrl }), [HTTP])
  })
}

for (const instanceUrl of [
  'https://metabase.example.com', 'http://metabase:3000', 'http://localhost:3000', 'http://127.0.0.1:3000', 'http://10.1.2.3', 'http://172.16.0.1',
  'http://172.31.255.1', 'http://192.168.1.2:3000', 'http://169.254.1.1', 'http://[::1]:3000', 'http://[fd00::1]:3000', 'http://[fe80::1]',
  'http://metabase.internal', 'http://metabase.local', 'http://metabase.default.svc', 'http://metabase.default.svc.cluster.local:3000', 'http://bi.localhost',
  'http://metabase.internal.'
]) {
  t.test(`the app does not warn of ${instanceUrl}`, async t => {
    t.strictSame(await warnings(t, { instanceUrl }), [])
  })
}

t.test('the app does not warn of http between servers, where browsers have another URL', async t => {
  t.strictSame(
    await warnings(t, { instanceUrl: 'http://metabase.example.com', publicUrl: 'https://bi.example.com' }), []
  )
})

for (const [name, secret, warning] of [
  ['double quotes', `"${SECRET}"`, /^option "secret" stands in quotes/],
  ['single quotes', Buffer.from(`'${SECRET}'`), /^option "secret" stands in quotes/],
  ['quotes, the second of an array', [SECRET, `"${SECRET}"`], /^option "secret" stands in quotes/],
  ['changeme', 'changeme'.repeat(4), /^option "secret" looks like a placeholder/],
  ['your-secret', 'your-secret-your-secret-your-secret', /^option "secret" looks like a placeholder/],
  ['YOUR_METABASE_JWT_SHARED_SECRET', 'YOUR_METABASE_JWT_SHARED_SECRET__', /^option "secret" looks like a placeholder/],
  ['angle brackets', '<the JWT signing key from the admin page>', /^option "secret" looks like a placeholder/],
  ['the text undefined', `${String(undefined)}-metabase-jwt-signing-key`, /^option "secret" looks like a placeholder/]
] as const) {
  t.test(`the app warns of a secret with ${name}, and does not quote it`, async t => {
    const [only = '', ...others] = await warnings(t, { secret })
    t.match(only, warning)
    t.strictSame(others, [])
    t.notOk([secret].flat().some(key => only.includes(key.toString())))
  })
}

for (const word of [
  'change_me', 'change this', 'changeit', 'replace-me', 'replaceme', 'replace_this', 'placeholder', 'your key'
]) {
  t.test(`the app warns of a secret that holds the words "${word}"`, async t => {
    t.match(await warnings(t, { secret: `${word.padEnd(31, '.')}.` }), [/looks like a placeholder/])
  })
}

t.test('the app does not warn of quotes and brackets that do not enclose a secret', async t => {
  for (const secret of [`"a"${SECRET}`, `${SECRET}"a"`, `"${SECRET}'`, `<a>${SECRET}`, `${SECRET}<a>`]) {
    t.strictSame(await warnings(t, { secret }), [])
  }
})

t.test('the app warns of an embedding secret key that is a placeholder', async t => {
  const guest = { secret: 'change-me-change-me-change-me-change-me', authorize: () => ({}) }
  t.match(await warnings(t, { guest }), [/^option "guest\.secret" looks like a placeholder/])
  t.strictSame(await warnings(t, { guest: { ...guest, secret: EMBEDDING_SECRET } }), [])
})

t.test('the app does not call a secret function when it boots', async t => {
  t.strictSame(await warnings(t, { secret: () => { throw new Error('called') }, getUser: () => null }), [])
})
