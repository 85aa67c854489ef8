import t from 'tap'
import { needs, sessionEnv, startExample } from '../helpers/example.js'
import { EMBEDDING_SECRET, shows } from '../helpers/guest.js'
import { standIn } from '../helpers/host.js'
import { Visitor } from '../helpers/visitor.js'

const EXAMPLE = 'guest-embeds'
const metabase = await standIn(t, { embeddingSecret: EMBEDDING_SECRET })
metabase.published.set('dashboard/1', { region: 'locked' })
metabase.published.set('dashboard/2', { region: 'locked' })
const env = { ...sessionEnv(metabase), METABASE_EMBEDDING_SECRET_KEY: EMBEDDING_SECRET }
const app = startExample(t, EXAMPLE, env)
const people = { ann: 'ann.lee@example.com', bao: 'bao.tran@example.com', chidi: 'chidi.obi@example.com' }

async function signedIn (email: string): Promise<Visitor> {
  const visitor = new Visitor(await app.url)
  t.equal((await visitor.submitForm('/login', email)).headers.get('location'), '/')
  return visitor
}

/** Asks as embed.js does for an element without `custom-context`. */
const ask = async (visitor: Visitor, entityId = 1, entityType = 'dashboard') =>
  await visitor.post('/sso/metabase/guest?response=json', { entityType, entityId, customContext: null })

t.test('the page has what embed.js needs, and says that the stand-in has no embed.js', async t => {
  const html = await (await new Visitor(await app.url).get('/')).text()
  t.match(html, `<script defer src="${metabase.url}/app/embed.js" onerror=`)
  t.match(html, `instanceUrl: '${metabase.url}'`)
  t.match(html, "guestEmbedProviderUri: '/sso/metabase/guest'")
  t.match(html, '<metabase-dashboard dashboard-id="1">')
  t.notMatch(html, 'INSTANCE_URL')
  t.equal((await fetch(`${metabase.url}/app/embed.js`)).status, 404)
})

t.test('each sees the dashboard for their own region, in either way', async t => {
  for (const [email, region] of [[people.ann, 'North'], [people.bao, 'South']] as const) {
    const visitor = await signedIn(email)
    const { jwt } = await (await ask(visitor)).json() as { jwt: string }
    t.match(await shows(metabase, 'dashboard', jwt), { id: 1, params: { region: [region] } })

    const frame = await (await visitor.get('/frame')).text()
    const src = String(/<iframe[^>]* src="([^"]+)"/.exec(frame)?.[1]).replaceAll('&amp;', '&')
    t.match((await visitor.openFrame(src)).html, `dashboard 1 for {&#34;region&#34;:[&#34;${region}&#34;]}`)
    t.match(src, /#bordered=false&titled=true$/)
  }
})

t.test('nobody else gets a token, nor for anything else', async t => {
  const nobody = new Visitor(await app.url)
  const [ann, chidi] = [await signedIn(people.ann), await signedIn(people.chidi)]
  for (const [name, status, response] of [
    ['a visitor', 401, await ask(nobody)],
    ['a visitor, the older way', 401, await nobody.get('/frame')],
    ['somebody who may see nothing', 403, await ask(chidi)],
    ['somebody who may see nothing, the older way', 403, await chidi.get('/frame')],
    ['another dashboard', 403, await ask(ann, 2)],
    ['a question', 403, await ask(ann, 1, 'question')]
  ] as const) {
    t.equal(response.status, status, name)
    t.notMatch(await response.text(), 'eyJ')
  }
  await ann.submitForm('/logout')
  t.equal((await ask(ann)).status, 401, 'signed out')
})

t.test('it starts with all it needs, or says what is missing', async t => {
  await Promise.all([
    needs(t, EXAMPLE, env, 'SESSION_SECRET'),
    needs(t, EXAMPLE, env, 'METABASE_EMBEDDING_SECRET_KEY', 'option "guest.secret" is missing or blank.')
  ])
})
