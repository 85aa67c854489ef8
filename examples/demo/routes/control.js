import { createQuestions } from '../ask-metabase.js'
import { people } from '../people.js'
import { changesSchema, faults, versions } from '../switches.js'

const oneString = name => ({
  schema: { body: { type: 'object', properties: { [name]: { type: 'string' } } } }
})

/** What the page needs to show and to steer the demo. A real app has nothing of this. */
export async function controlRoutes (app, { instanceUrl, log, receipts, switches, hasSdk, hasGuest }) {
  const metabase = createQuestions(instanceUrl)

  app.addHook('onSend', async (_request, reply) => { reply.header('cache-control', 'no-store') })

  app.get('/state', async request => ({
    people,
    signedIn: request.session.get('user')?.email ?? null,
    instanceUrl,
    hasSdk,
    hasGuest,
    standIn: switches === undefined ? null : { versions, faults, positions: switches.positions }
  }))

  if (switches !== undefined) {
    app.post('/switches', { schema: { body: changesSchema } }, async request => {
      switches.flip(request.body)
      return switches.positions
    })
  }

  /** What is the matter, for a front end on the page's own origin. No user is signed in for it. */
  app.get('/diagnosis', async request =>
    await app.metabaseSso.diagnose({ origin: `${request.protocol}://${request.host}` }))

  /** What the host app answered this visitor last, and what it logged then. */
  app.get('/receipts/:answer', async (request, reply) => {
    const receipt = receipts.find(request.session.sessionId, request.params.answer)
    if (receipt === undefined) return reply.callNotFound()
    return { ...receipt, visitor: undefined, log: log.ofRequest(receipt.requestId) }
  })

  /** Who Metabase thinks a JWT is. */
  app.post('/who-by-jwt', oneString('jwt'), async request => await metabase.whoByJwt(request.body.jwt))

  /**
   * Who Metabase thinks a session is; without one: the cookie that it gave the frame, seen here as cookies do not tell
   * ports apart.
   */
  app.post('/who', oneString('session'), async request => {
    const session = request.body.session ?? request.cookies['metabase.SESSION']
    if (session !== undefined) return await metabase.who(session)
    return switches === undefined
      ? { note: 'The frame shows who Metabase sees: its cookie does not come to this app.' }
      : { problem: 'Metabase has not signed you in. Why, it says in the frame.' }
  })

  /** What Metabase shows to the holder of a guest token. */
  app.post('/shown', oneString('jwt'), async request => await metabase.shown(request.body.jwt))

  app.get('/log', async () => log.last(20))
}
