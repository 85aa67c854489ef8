import t from 'tap'
import { asAnn, VERSIONS, payloadOf } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'

for (const tokenLifetime of [60, 86_400]) {
  t.test(`sessions and JWTs of every version last ${tokenLifetime} seconds if tokenLifetime says so`, async t => {
    const host = await startHost(t, { options: { tokenLifetime } })
    const signIn = await asAnn(host)
    for (const version of VERSIONS) {
      host.metabase.version = version
      const { exp, iat } = (await signIn()).json()
      t.equal(exp - iat, tokenLifetime, version)
    }
    const jwts = host.metabase.requests.map(({ url, body }) => `${url} ${JSON.stringify(body)}`).filter(text =>
      text.includes('eyJ'))
    t.ok(jwts.length >= VERSIONS.length)
    for (const jwt of jwts) {
      const { exp, iat } = payloadOf(jwt)
      t.equal(Number(exp) - Number(iat), tokenLifetime)
      t.ok(Math.abs(Number(iat) - Date.now() / 1000) < 60, 'signed just now')
    }
  })
}
