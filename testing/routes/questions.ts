import type { FastifyInstance } from 'fastify'
import type { Instance } from '../instance.js'
import { answerTo, cardOf } from '../questions.js'
import { userOf } from '../sessions.js'
import type { MetabaseQuestion, MetabaseUser } from '../types.js'

interface WithId { Params: { id: string } }

/** The routes by which Metabase's React SDK draws a question: those alone, with what it reads of them. */
export function questionRoutes (app: FastifyInstance, metabase: Instance): void {
  /** Serves a question to those who are signed in. */
  function serve (method: 'GET' | 'POST', url: string, status: number, answer: (id: number, question: MetabaseQuestion, user: MetabaseUser) => object): void {
    app.route<WithId>({
      method,
      url,
      async handler (request, reply) {
        const user = userOf(metabase, request)
        if (user === undefined) return reply.code(401).type('text/plain').send('Unauthenticated')
        const id = Number(request.params.id)
        const question = metabase.questions.get(id)
        if (question === undefined) return reply.callNotFound()
        return reply.code(status).send(answer(id, question, user))
      }
    })
  }

  serve('GET', '/api/card/:id', 200, cardOf)
  serve('GET', '/api/card/:id/query_metadata', 200, () => ({ databases: [], tables: [], fields: [] }))
  serve('POST', '/api/card/:id/query', 202, (_id, question, user) => answerTo(question, user))
}
