import fc from 'fast-check'
import t from 'tap'
import { Instance } from '../../testing/instance.js'
import { Refused } from '../../testing/refusals.js'
import { checkReturnTo } from '../../testing/routes/sso.js'
import { annsJwt, secret } from './helpers/sign.js'
import { ask, postJson, start } from './helpers/stand-in.js'

const query = (returnTo: string) => `?jwt=${annsJwt()}&return_to=${encodeURIComponent(returnTo)}`

t.test('goes anywhere on the instance', async t => {
  const metabase = await start(t)
  const { hostname } = new URL(metabase.url)
  const targets = ['/', '/question/1?a=b&c=%20#x', 'dashboard/2', '?tab=1', '/café', `${metabase.url}/q`, `http://${hostname}`, `//me@${hostname.toUpperCase()}:81/q`]
  for (const target of targets) {
    const answer = await ask(metabase, `/auth/sso${query(target)}`)
    t.equal(answer.status, 302, target)
    t.equal(answer.headers.get('location'), target.replace('é', '%C3%A9'))
  }
})

t.test('does not leave the instance, nor log in', async t => {
  const metabase = await start(t)
  const { hostname } = new URL(metabase.url)
  const targets = [
    'https://elsewhere.example', '//elsewhere.example/', 'https:///elsewhere.example', '///elsewhere.example',
    `https://${hostname}.elsewhere.example`, `https://${hostname}@elsewhere.example`, 'javascript:alert(1)', `x:${hostname}`,
    '/\\elsewhere.example', '/a b', '/a\tb', '/{id}', '/100%'
  ]
  for (const target of targets) {
    const answer = await ask(metabase, `/auth/sso${query(target)}`)
    t.equal(answer.status, 400, target)
    t.strictSame(answer.json, { message: 'Invalid redirect URL' })
  }
  t.equal((await postJson(metabase, `/auth/sso${query('//elsewhere.example')}`, { jwt: annsJwt() })).status, 400)
  t.equal(metabase.logins, 0)
})

t.test('whatever is let through, a browser stays on the host', async t => {
  const metabase = new Instance({ secret })
  metabase.url = 'http://here.example:3000'
  const part = fc.constantFrom('/', '\\', ':', '@', '.', '?', '#', '%2F', '\t', ' ', 'http', 'https', 'javascript', 'here.example', 'elsewhere', '')
  t.doesNotThrow(() => fc.assert(fc.property(fc.array(part, { maxLength: 8 }), parts => {
    const target = parts.join('')
    try {
      checkReturnTo(metabase, target)
    } catch (error) {
      return error instanceof Refused
    }
    return new URL(target, metabase.url).hostname === 'here.example'
  }), { numRuns: 2000 }))
})
