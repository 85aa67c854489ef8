import type { Cell, MetabaseQuestion, MetabaseUser } from './types.js'

/** The question that each instance has: it shows whose session asks. */
export const whoIsAsking: MetabaseQuestion = {
  name: 'Who is asking',
  columns: ['About you', 'As Metabase knows it'],
  rows: ({ email, first_name: firstName, last_name: lastName, groups, attributes }) => [
    ['Email', email],
    ['Name', [firstName, lastName].filter(Boolean).join(' ')],
    ['Groups', groups.join(', ')],
    ...Object.entries(attributes)
  ]
}

/** @param example tells numbers from text; undefined where there is no row */
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

/** `GET /api/card/:id`, as far as the React SDK reads it. */
export function cardOf (id: number, question: MetabaseQuestion, user: MetabaseUser): object {
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
 * `POST /api/card/:id/query`: the answer to the question, for this user. Without `rows_truncated`: it being
 * there at all has the SDK warn that rows are missing.
 */
export function answerTo (question: MetabaseQuestion, user: MetabaseUser): object {
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
