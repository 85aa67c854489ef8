import jwt from '@fastify/jwt'
import Fastify from 'fastify'
import t from 'tap'
import type { MetabaseStandIn } from '../../testing/index.js'
import { clock } from './helpers/sign.js'
import { ask, start } from './helpers/stand-in.js'

const app = Fastify()
await app.register(jwt, { secret: 'unused' })
t.teardown(() => app.close())

const good = { resource: { dashboard: 7 }, params: { region: ['north'] }, exp: clock + 600 }
const sign = ({ embeddingSecret }: MetabaseStandIn, payload: object) =>
  app.jwt.sign(payload, { key: embeddingSecret, noTimestamp: true })

async function published () {
  const metabase = await start(t)
  metabase.published.set('dashboard/7', { region: 'locked', year: 'enabled', plan: 'disabled' })
  return metabase
}

t.test('a guest token shows its item with its params, as JSON and as a page', async t => {
  const metabase = await published()
  t.match(
    (await ask(metabase, `/api/embed/dashboard/${sign(metabase, good)}`)).json, { id: 7, params: { region: ['north'] } }
  )
  t.match((await ask(metabase, `/embed/dashboard/${sign(metabase, good)}`)).text, /dashboard 7 for .*north/)
  const question = sign(metabase, { resource: { question: 1 }, params: {} })
  t.match((await ask(metabase, `/api/embed/card/${question}`)).json, { id: 1, params: {} })
})

const refusals: Array<[payload: object, sentence: string | RegExp]> = [
  [{ ...good, exp: 5 }, 'Token is expired (5)'],
  [{ ...good, exp: clock - 60 }, `Token is expired (${clock - 60})`],
  [{ ...good, nbf: clock + 61 }, `Token is not yet valid (${clock + 61})`],
  [{ ...good, resource: undefined }, 'Token is missing value for keypath [:resource :dashboard]'],
  [{ ...good, resource: { question: 1 } }, 'Token is missing value for keypath [:resource :dashboard]'],
  [{ ...good, params: undefined }, 'Token is missing value for keypath [:params]'],
  [{ ...good, resource: { dashboard: 8 } }, 'Embedding is not enabled for this object.'],
  [{ ...good, resource: { dashboard: 9 }, params: undefined }, 'Not found.'],
  [{ ...good, resource: { dashboard: 'no-such-entity' } }, 'Not found.'],
  [{ ...good, params: {} }, 'You must specify a value for :region in the JWT.'],
  [{ ...good, params: { region: '' } }, 'You must specify a value for :region in the JWT.'],
  [{ ...good, params: { region: ' \t' } }, 'You must specify a value for :region in the JWT.'],
  [{ ...good, params: { region: null } }, 'You must specify a value for :region in the JWT.'],
  [{ ...good, params: { size: 'xl' } }, 'You must specify a value for :region in the JWT.'],
  [{ ...good, params: { region: [], size: 'xl', plan: 'pro' } }, "You're not allowed to specify a value for :plan."],
  [{ ...good, params: { region: [], plan: null } }, "You're not allowed to specify a value for :plan."],
  [{ ...good, params: { region: [], size: 'xl' } }, 'Unknown parameter :size.']
]

t.test('a guest token that Metabase refuses is refused with its sentence', async t => {
  const metabase = await published()
  metabase.dashboards.set(8, { name: 'Not published' })
  for (const [payload, sentence] of refusals) {
    const { status, text } = await ask(metabase, `/api/embed/dashboard/${sign(metabase, payload)}`)
    t.strictSame([status, text], [400, sentence])
  }
  t.equal((await ask(metabase, '/api/embed/card/no-token')).text, 'Message seems corrupt or manipulated')
  t.equal(
    (await ask(metabase, `/api/embed/card/${sign(metabase, { resource: { question: 9 }, params: {} })}`)).text,
    'Not found.'
  )
  const token = sign(metabase, good)
  metabase.embeddingSecret = 'another'
  t.equal((await ask(metabase, `/embed/dashboard/${token}`)).text, 'Message seems corrupt or manipulated')
  metabase.settings.guestEmbedding = false
  t.equal((await ask(metabase, `/embed/dashboard/${token}`)).text, 'Embedding is not enabled.')
})

t.test('a guest token has a leeway of a minute and no age limit', async t => {
  const metabase = await published()
  const payloads = [
    { ...good, exp: clock - 59 },
    { ...good, nbf: clock + 60 },
    { ...good, iat: clock - 86400 },
    { ...good, params: { region: 0, plan: '', size: ' ' } }
  ]
  for (const payload of payloads) {
    t.equal(
      (await ask(metabase, `/api/embed/dashboard/${sign(metabase, payload)}`)).status, 200, JSON.stringify(payload)
    )
  }
})
