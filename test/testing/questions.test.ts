import t from 'tap'
import { annsJwt } from './helpers/sign.js'
import { annsSession, ask, postJson, start, trade } from './helpers/stand-in.js'

t.test('question 1 is always there and shows the user of the session', async t => {
  const metabase = await start(t)
  metabase.settings.groupSync = true
  metabase.groups.set('Sales', {}).set('Board', {})
  const { json } = await trade(
    metabase, annsJwt({ first_name: 'Ann', last_name: 'Lee', groups: ['Sales', 'Board'], region: 'North' })
  )
  const headers = { 'x-metabase-session': String(json.id) }
  const answer = await postJson(metabase, '/api/card/1/query', {}, headers)
  t.equal(answer.status, 202)
  t.match(answer.json, {
    status: 'completed',
    row_count: 4,
    data: { rows: [['Email', 'ann@example.com'], ['Name', 'Ann Lee'], ['Groups', 'Sales, Board'], ['region', 'North']] }
  })
})

t.test('a question tells what it is, and what it answers', async t => {
  const metabase = await start(t)
  metabase.questions.set(7, {
    name: 'Orders',
    display: 'bar',
    columns: ['Month', 'Orders'],
    rows: ({ email }) => [[email, 12], ['May', null]],
    visualizationSettings: { 'graph.dimensions': ['Month'], 'graph.metrics': ['Orders'] }
  })
  metabase.questions.set(8, { name: 'Nothing', columns: ['Empty'], rows: () => [] })
  const headers = await annsSession(metabase)
  const columns = [{ name: 'Month', base_type: 'type/Text' }, { name: 'Orders', base_type: 'type/Float' }]

  t.match((await ask(metabase, '/api/card/7', { headers })).json, {
    id: 7,
    name: 'Orders',
    display: 'bar',
    visualization_settings: {
      'graph.dimensions': ['Month']
    },
    result_metadata: columns
  })
  t.match(
    (await postJson(metabase, '/api/card/7/query', {}, headers)).json,
    { data: { rows: [['ann@example.com', 12], ['May', null]], cols: columns } }
  )
  t.match((await ask(metabase, '/api/card/8', { headers })).json, { display: 'table', visualization_settings: {} })
  t.match(
    (await postJson(metabase, '/api/card/8/query', {}, headers)).json,
    { row_count: 0, data: { cols: [{ name: 'Empty' }] } }
  )
  t.strictSame(
    (await ask(metabase, '/api/card/7/query_metadata', { headers })).json, { databases: [], tables: [], fields: [] }
  )
})

t.test('a question is refused without a session, and where there is none', async t => {
  const metabase = await start(t)
  const headers = await annsSession(metabase)
  for (const path of ['/api/card/1', '/api/card/1/query_metadata']) {
    t.match(await ask(metabase, path), { status: 401, text: 'Unauthenticated' })
  }
  t.equal((await postJson(metabase, '/api/card/1/query', {})).status, 401)
  t.equal((await ask(metabase, '/api/card/2', { headers })).status, 404)
  t.equal((await postJson(metabase, '/api/card/x/query', {}, headers)).status, 404)
})
