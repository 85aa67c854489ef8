import type { FastifyInstance } from 'fastify'
import { send, unauthenticated } from '../answer.js'
import type { Instance } from '../instance.js'
import { attributesInForce } from '../login/attributes.js'
import { userOf } from '../login/sessions.js'
import type { Cell, MetabaseQuestion, MetabaseUser } from '../types.js'

/** @param example a value that tells numbers from text; undefined where there is no row */
function columnOf (name: string, example: Cell | undefined): object {
  const type = typeof example === 'number' ? 'type/Float' : 'type/Text'
  return {
    name,
    display_name: name,
    base_type: type,
    effective_type: type,
    semantic_type: null,
    source: 'native',
    field_ref: ['field', name, { 'base-type': type }]
  }
}

function columnsOf ({ columns, rows }: MetabaseQuestion, user: MetabaseUser): object[] {
  const [first = []] = rows(user)
  return columns.map((name, index) => columnOf(name, first[index]))
}

const query = { database: 1, type: 'native', native: { query: 'SELECT *', 'template-tags': {} } }

/** Writes the answer to `GET /api/card/:id`, as far as the React SDK reads it. */
function cardOf (id: number, question: MetabaseQuestion, user: MetabaseUser): object {
  return {
    id,
    entity_id: `card-${id}`.padEnd(21, 'x'),
    name: question.name,
    description: null,
    type: 'question',
    display: question.display ?? 'table',
    visualization_settings: question.visualizationSettings ?? {},
    dataset_query: query,
    query_type: 'native',
    database_id: 1,
    table_id: null,
    collection_id: null,
    parameters: [],
    result_metadata: columnsOf(question, user),
    can_write: false,
    archived: false
  }
}

/**
 * Writes the answer to `POST /api/card/:id/query`, for this user. Without `rows_truncated`: when that key is
 * there at all, the SDK warns that rows are missing.
 */
function answerTo (question: MetabaseQuestion, user: MetabaseUser): object {
  const rows = question.rows(user)
  const columns = columnsOf(question, user)
  return {
    status: 'completed',
    database_id: 1,
    row_count: rows.length,
    running_time: 1,
    json_query: query,
    data: { rows, cols: columns, results_metadata: { columns }, native_form: query.native }
  }
}

interface WithId { Params: { id: string } }

/** Adds the routes by which Metabase's React SDK draws a question, with what it reads of them. */
export function questionRoutes (app: FastifyInstance, metabase: Instance): void {
  /** Serves a question to a signed-in user. */
  function serve (
    method: 'GET' | 'POST', url: string, status: number,
    answer: (id: number, question: MetabaseQuestion, user: MetabaseUser) => object
  ): void {
    app.route<WithId>({
      method,
      url,
      async handler (request, reply) {
        const user = userOf(metabase, request)
        if (user === undefined) return send(reply, unauthenticated)
        const id = Number(request.params.id)
        const question = metabase.questions.get(id)
        if (question === undefined) return reply.callNotFound()
        return reply.code(status).send(answer(id, question, { ...user, attributes: attributesInForce(user) }))
      }
    })
  }

  serve('GET', '/api/card/:id', 200, cardOf)
  serve('GET', '/api/card/:id/query_metadata', 200, () => ({ databases: [], tables: [], fields: [] }))
  serve('POST', '/api/card/:id/query', 202, (_id, question, user) => answerTo(question, user))
}
