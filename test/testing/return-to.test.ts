import fc from 'fast-check'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import t from 'tap'
import type { MetabaseStandIn } from '../../testing/index.js'
import { Instance } from '../../testing/instance.js'
import { Refused } from '../../testing/failures/refusals.js'
import { checkReturnTo } from '../../testing/routes/sso.js'
import { annsJwt, secret } from './helpers/sign.js'
import { ask, postJson, start } from './helpers/stand-in.js'

const query = (returnTo: string) => `?jwt=${annsJwt()}&return_to=${encodeURIComponent(returnTo)}`

/** The header as it stands on the wire: fetch shows each byte as a character, and cuts white space off at both ends. */
async function rawLocation ({ url }: MetabaseStandIn, path: string): Promise<string | undefined> {
  const [answer] = await once(get(url + path), 'response') as [IncomingMessage]
  answer.resume()
  return answer.headers.location
}

t.test('a login goes anywhere on the instance', async t => {
  const metabase = await start(t)
  const { hostname } = new URL(metabase.url)
  const targets = [
    '/', '/question/1?a=b&c=%20#x', 'dashboard/2', '?tab=1', '/café', `${metabase.url}/q`, `http://${hostname}`,
    `//me@${hostname.toUpperCase()}:81/q`
  ]
  for (const target of targets) t.equal(await rawLocation(metabase, `/auth/sso${query(target)}`), target)
})

t.test('Location is written as Jetty does: spaces for what is no Latin-1', async t => {
  const metabase = await start(t, { identityProviderUri: 'https://app.example.com/sso' })
  t.equal(await rawLocation(metabase, `/auth/sso${query('/日/é/😀/')}`), '/ /é/  /')
  t.equal((await rawLocation(metabase, `/auth/sso${query('日//evil.example')}`))?.trim(), '//evil.example')
  const redirect = encodeURIComponent('/é\r\nx: 1')
  t.equal(
    await rawLocation(metabase, `/auth/sso?redirect=${redirect}`), 'https://app.example.com/sso?return_to=/é  x: 1'
  )
})

t.test('a login that would leave the instance is refused', async t => {
  const metabase = await start(t)
  const { hostname } = new URL(metabase.url)
  const targets = [
    'https://elsewhere.example', '//elsewhere.example/', 'https:///elsewhere.example', '///elsewhere.example',
    `https://${hostname}.elsewhere.example`, `https://${hostname}@elsewhere.example`, 'javascript:alert(1)', `x:${hostname}`,
    '/\\elsewhere.example', '/a b', '/a\tb', '/a\u00a0b', '/a\u2003b', '/{id}', '/100%'
  ]
  for (const target of targets) {
    const answer = await ask(metabase, `/auth/sso${query(target)}`)
    t.equal(answer.status, 400, target)
    t.match(answer.json, { message: 'Invalid redirect URL', 'redirect-url': target, trace: Array })
  }
  metabase.settings.textErrors = true
  t.match(
    await ask(metabase, `/auth/sso${query('//elsewhere.example')}`), { status: 400, text: 'Invalid redirect URL' }
  )
  t.equal((await postJson(metabase, `/auth/sso${query('//elsewhere.example')}`, { jwt: annsJwt() })).status, 400)
  t.equal(metabase.logins, 0)
})

t.test('a login without return_to ends at home, or breaks as in v56', async t => {
  const metabase = await start(t, { version: 'v56', basePath: '/metabase' })
  const end = async () => String((await ask(metabase, `/auth/sso?jwt=${annsJwt()}`)).headers.get('location'))
  t.equal(await end(), '/', 'whatever path it lives under')
  metabase.settings.breaksWithoutReturnTo = true
  const home = new URL(await end(), `${metabase.url}/auth/sso`)
  t.equal(home.href, `${metabase.url}/auth/%2F`)
  const answer = await fetch(home)
  t.strictSame([answer.status, await answer.json()], [400, {
    message: 'Ambiguous URI path separator', url: '/metabase/auth/%2F', status: '400'
  }])
  t.equal(metabase.logins, 2)
})

t.test('a browser stays on the host, whatever return_to is accepted', async t => {
  const metabase = new Instance({ secret })
  metabase.url = 'http://here.example:3000'
  const part = fc.constantFrom(
    '/', '\\', ':', '@', '.', '?', '#', '%2F', '\t', ' ', 'http', 'https', 'javascript', 'here.example', 'elsewhere', ''
  )
  t.doesNotThrow(() => fc.assert(fc.property(fc.array(part, { maxLength: 8 }), parts => {
    const target = parts.join('')
    try {
      checkReturnTo(metabase, target)
    } catch (error) {
      return error instanceof Refused
    }
    // A URL that the browser cannot parse leads nowhere.
    return !URL.canParse(target, metabase.url) || new URL(target, metabase.url).hostname === 'here.example'
  }), {
    numRuns: 2000,
    examples: [[['/', '/', 'here.example', ':', 'here.example']], [['/', '/', 'elsewhere', ':', 'elsewhere']]]
  }))
})
