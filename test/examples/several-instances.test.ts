import t from 'tap'
import { tradeAsClient, whoIs } from '../helpers/browser.js'
import { needs, startExample } from '../helpers/example.js'
import { SECRET, SESSION_SECRET, standIn } from '../helpers/host.js'
import { Visitor } from '../helpers/visitor.js'

const EXAMPLE = 'several-instances'
const US_SECRET = 'cafebabecafebabecafebabecafebabecafebabecafebabecafebabecafebabe'
const instances = { eu: await standIn(t), us: await standIn(t, { secret: US_SECRET }) }
const env = {
  SESSION_SECRET,
  EU_METABASE_INSTANCE_URL: instances.eu.url,
  EU_METABASE_JWT_SHARED_SECRET: SECRET,
  US_METABASE_INSTANCE_URL: instances.us.url,
  US_METABASE_JWT_SHARED_SECRET: US_SECRET
}
const app = startExample(t, EXAMPLE, env)
const newVisitor = async () => new Visitor(await app.url)

t.test('each instance takes what its own route signs, and hears nothing of the other', async t => {
  const { eu, us } = instances
  const visitor = await newVisitor()
  t.equal((await visitor.get('/sso/eu')).status, 401)
  await visitor.submitForm('/login')

  t.equal(await whoIs(eu, (await visitor.getJson('/sso/eu')).id), 'ann.lee@example.com')
  t.same([eu.logins, us.logins], [1, 0])
  t.equal(await whoIs(us, (await visitor.getJson('/sso/us')).id), 'ann.lee@example.com')
  t.same([eu.logins, us.logins], [1, 1])

  const { jwt } = await visitor.getJson('/sso/us?response=json')
  const { status } = await fetch(`${eu.url}/auth/sso?jwt=${jwt}`, { redirect: 'manual' })
  t.equal(status, 401, 'a JWT for one is worth nothing at the other')
  t.equal(await whoIs(us, await tradeAsClient(us, jwt)), 'ann.lee@example.com')
})

for (const [email, region] of [['ann.lee@example.com', 'eu'], ['bao.tran@example.com', 'us']] as const) {
  t.test(`the link of ${email} leads to the dashboard in region ${region}`, async t => {
    const visitor = await newVisitor()
    t.equal((await visitor.get('/dashboard')).status, 401)
    await visitor.submitForm('/login', email)
    t.equal((await visitor.get('/dashboard')).headers.get('cache-control'), 'no-store')
    const { url, html } = await visitor.openFrame('/dashboard')
    t.equal(url.href, `${instances[region].url}/dashboard/1`)
    t.match(html, `/dashboard/1 as seen by ${email}`)

    await visitor.submitForm('/logout')
    t.equal((await visitor.get('/dashboard')).status, 401)
    t.equal((await visitor.get(`/sso/${region}`)).status, 401)
  })
}

t.test('it starts with all it needs, or says what is missing', async t => {
  await Promise.all(['SESSION_SECRET', 'US_METABASE_INSTANCE_URL'].map(async variable =>
    await needs(t, EXAMPLE, env, variable)))
})
