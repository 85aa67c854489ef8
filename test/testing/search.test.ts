import t from 'tap'
import { annsSession, ask, start } from './helpers/stand-in.js'

t.test('/api/search shows a user the dashboards that are visible to it', async t => {
  const metabase = await start(t)
  metabase.dashboards.set(2, { name: 'Salaries', visibleTo: ({ groups }) => groups.includes('board') })
  metabase.dashboards.set(3, { name: 'Sales', visibleTo: ({ email }) => email === 'ann@example.com' })
  const headers = await annsSession(metabase)
  t.match(
    (await ask(metabase, '/api/search?models=dashboard', { headers })).json,
    { total: 2, data: [{ id: 1, name: 'Overview', model: 'dashboard' }, { id: 3, name: 'Sales' }] }
  )
  t.match((await ask(metabase, '/api/search?models=card', { headers })).json, { total: 0 })
  t.equal((await ask(metabase, '/api/search?models=dashboard')).status, 401)
})
