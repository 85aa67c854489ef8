import t from 'tap'
import { startDemo } from './demo-process.js'
import { Visitor } from '../helpers/visitor.js'

const demo = startDemo(t)

async function signedInVisitor (): Promise<Visitor> {
  const visitor = new Visitor(await demo.url)
  await visitor.submitForm('/login')
  return visitor
}

const faults = [
  ['wrongSecret', 'METABASE_SSO_SECRET_REFUSED', 'Metabase answers 401: Message seems corrupt or manipulated'],
  [
    'sdkEmbeddingOff',
    'METABASE_SSO_SDK_EMBEDDING_DISABLED',
    'Metabase answers 402: Embedding SDK for React is disabled. Enable it in the embedding settings.'
  ],
  ['metabaseDown', 'METABASE_SSO_UNREACHABLE', 'Metabase gives no answer.']
] as const

for (const [fault, code, problem] of faults) {
  t.test(`${fault}: the session fails with ${code}, the log says why, and it passes`, async t => {
    const visitor = await signedInVisitor()
    await visitor.post('/demo/switches', { [fault]: true, version: fault === 'sdkEmbeddingOff' ? 'v55' : 'v61' })

    const session = await visitor.get('/sso/metabase')
    t.equal(session.status, 502)
    t.match(await session.json(), { code, error: String })
    t.match(
      await visitor.getJson('/demo/receipts/session'),
      { status: 502, failure: { code }, log: [{ level: 'error', details: code, hint: String }] }
    )

    const { jwt } = await visitor.getJson('/sso/metabase?response=json')
    t.same(await visitor.postJson('/demo/who-by-jwt', { jwt }), { problem })

    await visitor.post('/demo/switches', { [fault]: false, version: 'v61' })
    t.equal((await visitor.get('/sso/metabase')).status, 200)
  })
}

t.test('sdkEmbeddingOff: a v61 gives the server a session all the same', async t => {
  const visitor = await signedInVisitor()
  await visitor.post('/demo/switches', { sdkEmbeddingOff: true })
  t.equal((await visitor.get('/sso/metabase')).status, 200)
  await visitor.post('/demo/switches', { sdkEmbeddingOff: false })
})

t.test('wrongSecret: the frame shows what Metabase says, and nobody is signed in', async t => {
  const visitor = await signedInVisitor()
  await visitor.post('/demo/switches', { wrongSecret: true })
  t.match(
    (await visitor.openFrame('/sso/metabase?return_to=/dashboard/1')).html, 'Message seems corrupt or manipulated'
  )
  t.match(
    await visitor.postJson('/demo/who', {}), { problem: 'Metabase has not signed you in. Why, it says in the frame.' }
  )
  await visitor.post('/demo/switches', { wrongSecret: false })
})

t.test('signed out: each of the three is refused', async t => {
  const visitor = await signedInVisitor()
  t.equal((await visitor.submitForm('/logout')).status, 303)
  for (const path of ['/sso/metabase?response=json', '/sso/metabase', '/sso/metabase?return_to=/dashboard/1']) {
    const response = await visitor.get(path)
    t.equal(response.status, 401)
    t.match(await response.json(), { message: 'not authenticated', code: 'METABASE_SSO_NOT_AUTHENTICATED' })
  }
})

t.test('signed out: the frame shows a page that says so, and the demo knows of it', async t => {
  const visitor = new Visitor(await demo.url)
  t.match((await visitor.openFrame('/sso/metabase?return_to=/dashboard/1')).html, 'METABASE_SSO_NOT_AUTHENTICATED')
  t.match(await visitor.getJson('/demo/receipts/redirect'),
    { status: 401, failure: { error: String, code: 'METABASE_SSO_NOT_AUTHENTICATED' }, log: [{ level: 'info' }] })
})

t.test('what is no switch is refused', async t => {
  const visitor = await signedInVisitor()
  t.equal((await visitor.post('/demo/switches', { version: 'E' })).status, 400)
  t.equal((await visitor.submitForm('/login', 'nobody@example.com')).status, 400)
  t.equal((await visitor.get('/demo/receipts/nothing')).status, 404)
})
