import t from 'tap'
import { startDemo } from './demo-process.js'
import { Visitor } from '../helpers/visitor.js'

t.test('the page comes with its files', async t => {
  const visitor = new Visitor(await startDemo(t).url)
  for (const [path, type] of [
    ['/', 'text/html'], ['/demo.css', 'text/css'], ['/demo.js', 'text/javascript']
  ] as const) {
    const response = await visitor.get(path)
    t.equal(response.status, 200, path)
    t.match(response.headers.get('content-type'), type)
  }
})

t.test('a person signs in by the form and gets the three answers of each version', async t => {
  const visitor = new Visitor(await startDemo(t).url)
  const ann = {
    user: { name: 'Ann Lee', email: 'ann.lee@example.com', groups: ['Sales'], attributes: { region: 'North' } }
  }

  const login = await visitor.submitForm('/login')
  t.equal(login.status, 303)
  t.equal(login.headers.get('location'), '/')
  const { standIn, signedIn } = await visitor.getJson('/demo/state')
  t.equal(signedIn, 'ann.lee@example.com')

  for (const { id: version, label } of standIn.versions) {
    t.match(await visitor.postJson('/demo/switches', { version }), { version })

    const { jwt } = await visitor.getJson('/sso/metabase?response=json')
    t.match(await visitor.postJson('/demo/who-by-jwt', { jwt }), ann, `${label}: JWT`)
    t.match(
      await visitor.getJson('/demo/receipts/jwt'),
      { status: 200, claims: { email: ann.user.email, exp: Number }, log: [{ message: 'issued a JWT for Metabase' }] }
    )

    const { id: session, status } = await visitor.getJson('/sso/metabase')
    t.equal(status, 'ok')
    t.match(await visitor.postJson('/demo/who', { session }), ann, `${label}: session`)
    t.match(
      await visitor.getJson('/demo/receipts/session'),
      { status: 200, claims: { groups: ['Sales'], iat: Number, exp: Number } }
    )

    const { url, html } = await visitor.openFrame('/sso/metabase?return_to=/dashboard/1')
    t.equal(url.pathname, '/dashboard/1')
    t.match(html, ann.user.email, `${label}: frame`)
    t.match(await visitor.postJson('/demo/who', {}), ann)
    t.match(await visitor.getJson('/demo/receipts/redirect'), { status: 302, claims: { region: 'North', exp: Number } })
  }
})
