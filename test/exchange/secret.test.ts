import t from 'tap'
import { asAnn, VERSIONS, outcome } from '../helpers/exchange.js'
import { SECRET, startHost } from '../helpers/host.js'

const secrets = {
  'a string': SECRET,
  'a Buffer': Buffer.from(SECRET),
  'a function': () => SECRET,
  'a function that returns a Buffer': () => Buffer.from(SECRET),
  'an async function': async () => await Promise.resolve(SECRET)
}

for (const [name, secret] of Object.entries(secrets)) {
  t.test(`with ${name} as the secret, people sign in to every version`, async t => {
    const host = await startHost(t, { options: { secret } })
    const signIn = await asAnn(host)
    for (const version of VERSIONS) {
      host.metabase.version = version
      t.strictSame(outcome(await signIn()), ['ok', 200], version)
    }
  })
}

t.test('with a function, the secret can be rotated without a restart', async t => {
  let current = SECRET
  const host = await startHost(t, { options: { secret: () => current } })
  const signIn = await asAnn(host)
  t.strictSame(outcome(await signIn()), ['ok', 200])

  host.metabase.secret = SECRET.replaceAll('f', 'e')
  t.strictSame(outcome(await signIn()), ['METABASE_SSO_SECRET_REFUSED', 502])
  current = host.metabase.secret
  t.strictSame(outcome(await signIn()), ['ok', 200])
})
