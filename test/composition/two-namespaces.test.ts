import t from 'tap'
import metabaseSso, { type MetabaseSso } from '../../index.js'
import { whoIs } from '../helpers/browser.js'
import { accessControl } from '../helpers/cors.js'
import { ANN, SECRET, standIn, startHost } from '../helpers/host.js'

declare module '../../index.js' {
  interface MetabaseSsoNamespaces { eu: MetabaseSso, us: MetabaseSso }
}

const US_SECRET = 'cafebabecafebabecafebabecafebabecafebabecafebabecafebabecafebabe'
const [EU, US] = ['https://eu.example', 'https://us.example']

async function twoInstances (t: Parameters<typeof startHost>[0]) {
  const host = await startHost(t, { options: false })
  const us = await standIn(t, { secret: US_SECRET, version: 'v50' })
  host.app.register(
    metabaseSso, { namespace: 'eu', path: '/eu', origin: EU, secret: SECRET, instanceUrl: host.metabase.url }
  )
  host.app.register(
    metabaseSso, { namespace: 'us', path: '/us', origin: US, secret: US_SECRET, instanceUrl: us.url, tokenLifetime: 60 }
  )
  return { ...host, eu: host.metabase, us }
}

t.test('two registrations sign in to two instances, each with its own secret and options', async t => {
  const { app, eu, us, logIn } = await twoInstances(t)
  const cookies = await logIn()
  const [inEu, inUs] = [
    (await app.inject({ url: '/eu', cookies })).json(), (await app.inject({ url: '/us', cookies })).json()
  ]

  t.equal(await whoIs(eu, inEu.id), ANN.email)
  t.equal(await whoIs(us, inUs.id), ANN.email)
  t.same([inEu.exp - inEu.iat, inUs.exp - inUs.iat], [600, 60])
  t.same([eu.logins, us.logins], [1, 1])
})

t.test('app.metabaseSso has them under their names, and nothing else', async t => {
  const { app, eu, us } = await twoInstances(t)
  await app.ready()
  t.same(Object.keys(app.metabaseSso).toSorted(), ['eu', 'us'])
  t.equal(await whoIs(eu, (await app.metabaseSso.eu.exchange(ANN)).id), ANN.email)
  t.equal(await whoIs(us, (await app.metabaseSso.us.exchange(ANN)).id), ANN.email)
  t.equal((await app.metabaseSso.us.ssoUrl(ANN)).origin, us.url)
  await t.rejects(
    app.metabaseSso.eu.ssoUrl(ANN, { returnTo: `${us.url}/` }), { code: 'METABASE_SSO_RETURN_TO_INVALID' }
  )
})

t.test('the origins of one have no business at the other', async t => {
  const { app, logIn } = await twoInstances(t)
  const cookies = await logIn()
  for (const [url, origin, welcome] of [
    ['/eu', EU, true], ['/eu', US, false], ['/us', US, true], ['/us', EU, false]
  ] as const) {
    const response = await app.inject({ url: `${url}?response=json`, cookies, headers: { origin } })
    t.equal(Object.keys(accessControl(response)).length > 0, welcome, `${origin} at ${url}`)
  }
})
