import jwt from '@fastify/jwt'
import Fastify from 'fastify'
import t from 'tap'
import { tradeAsClient, whoIs } from '../helpers/browser.js'
import { FRONT_END, needs, SECRET_MISSING, startExample } from '../helpers/example.js'
import { syncGroups } from '../helpers/groups.js'
import { SECRET, standIn } from '../helpers/host.js'
import { Visitor } from '../helpers/visitor.js'

const EXAMPLE = 'bearer-token'
const metabase = await standIn(t)
syncGroups(metabase, 'Sales', 'Support', 'Editors')
const env = {
  APP_JWT_SECRET: 'a secret of the host app, which Metabase does not know',
  METABASE_INSTANCE_URL: metabase.url,
  METABASE_JWT_SHARED_SECRET: SECRET
}
const app = startExample(t, EXAMPLE, env)
const newVisitor = async () => new Visitor(await app.url)
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

async function logIn (visitor: Visitor): Promise<string> {
  const { token } = await (await visitor.submitForm('/login')).json() as { token: string }
  return token
}

t.test('a person signs in to the app, and by the token to Metabase, without any cookie', async t => {
  const visitor = await newVisitor()
  t.equal((await visitor.get('/sso/metabase')).status, 401, 'nobody yet')

  const login = await visitor.submitForm('/login')
  t.same(login.headers.getSetCookie(), [])
  const { token } = await login.json() as { token: string }

  const session = await (await visitor.get('/sso/metabase', bearer(token))).json() as { id: string }
  t.equal(await whoIs(metabase, session.id), 'ann.lee@example.com')
  const answer = await (await visitor.get('/sso/metabase?response=json', bearer(token))).json() as { jwt: string }
  t.equal(await whoIs(metabase, await tradeAsClient(metabase, answer.jwt)), 'ann.lee@example.com')
  t.match(metabase.users.get('ann.lee@example.com'), { first_name: 'Ann', groups: ['Sales'] })

  t.equal((await visitor.get('/sso/metabase')).status, 401, 'once the page has forgotten the token')
})

t.test('a page of the front end may do all this', async t => {
  const visitor = await newVisitor()
  const login = await fetch(new URL('/login', visitor.origin), {
    method: 'POST', headers: { origin: FRONT_END }, body: new URLSearchParams({ email: 'ann.lee@example.com' })
  })
  t.equal(login.headers.get('access-control-allow-origin'), FRONT_END)
  const preflight = await fetch(new URL('/sso/metabase', visitor.origin), {
    method: 'OPTIONS',
    headers: {
      origin: FRONT_END, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization'
    }
  })
  t.equal(preflight.status, 204)
  t.match(preflight.headers.get('access-control-allow-headers'), /authorization/i)
  const response = await visitor.get('/sso/metabase', { origin: FRONT_END, ...bearer(await logIn(visitor)) })
  t.equal(response.headers.get('access-control-allow-origin'), FRONT_END)
})

t.test('a token lives for an hour, and one that somebody else made is none', async t => {
  const visitor = await newVisitor()
  const token = await logIn(visitor)
  const { jwt: forMetabase } = await (await visitor.get('/sso/metabase?response=json', bearer(token))).json() as {
    jwt: string
  }

  const forger = Fastify()
  t.teardown(() => forger.close())
  await forger.register(jwt, { secret: 'a secret that the host app does not have' })
  const { iat, exp } = forger.jwt.decode<{ iat: number, exp: number }>(token) ?? { iat: 0, exp: 0 }
  t.equal(exp - iat, 3600)
  for (const [name, bad] of [
    ['forged', forger.jwt.sign({ sub: 'ann.lee@example.com' })], ['for Metabase', forMetabase]
  ] as const) {
    t.equal((await visitor.get('/sso/metabase', bearer(bad))).status, 401, name)
  }
  t.equal((await visitor.submitForm('/login', 'eve@example.com')).status, 401, 'nobody has this address')
})

t.test('it starts with all it needs, or says what is missing', async t => {
  await Promise.all([
    needs(t, EXAMPLE, env, 'APP_JWT_SECRET'),
    needs(t, EXAMPLE, env, 'METABASE_JWT_SHARED_SECRET', SECRET_MISSING)
  ])
})
