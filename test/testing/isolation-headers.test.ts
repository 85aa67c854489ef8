import t from 'tap'
import { annsJwt } from './helpers/sign.js'
import { annsSession, ask, start } from './helpers/stand-in.js'

t.test('the stand-in sends headers for a page with COEP only where a proxy adds them', async t => {
  const metabase = await start(t)
  const headers = await annsSession(metabase)
  const policies = async (path: string) => {
    const answer = await ask(metabase, path, { headers, redirect: 'manual' })
    return [answer.headers.get('cross-origin-resource-policy'), answer.headers.get('cross-origin-embedder-policy')]
  }
  for (const path of ['/dashboard/1', `/auth/sso?jwt=${annsJwt()}`, '/auth/sso?jwt=wrong', '/api/nothing']) {
    metabase.settings.isolationHeaders = false
    t.same(await policies(path), [null, null], path)
    metabase.settings.isolationHeaders = true
    t.same(await policies(path), ['cross-origin', 'require-corp'], path)
  }
})
