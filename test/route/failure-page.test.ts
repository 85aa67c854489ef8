import type { FastifyInstance } from 'fastify'
import { hash } from 'node:crypto'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { EMBEDDING_SECRET } from '../helpers/guest.js'
import { NAVIGATION, startHost } from '../helpers/host.js'

const PATH = '/sso/metabase'

t.test('the route answers a navigation that fails with a page to try again from', async t => {
  const { app, logIn } = await startHost(t, { options: { mapUserToClaims: () => ({ email: 'no address' }) } })
  const response = await app.inject(
    { url: `${PATH}?return_to=/dashboard/1`, cookies: await logIn(), headers: NAVIGATION }
  )

  t.equal(response.statusCode, 500)
  t.match(response.headers, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
  t.match(response.body, 'The app could not prepare the sign-in to Metabase.')
  t.match(response.body, '<code>METABASE_SSO_CLAIMS_INVALID')
  t.match(response.body, `<a href="${PATH}?return_to=/dashboard/1">`)
  t.notMatch(response.body, 'no address')
})

t.test('the page runs no script and has no style but its own', async t => {
  const { app } = await startHost(t)
  const { headers, body } = await app.inject({ url: PATH, headers: NAVIGATION })

  t.match(headers['content-security-policy'], /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'$/)
  t.notMatch(body, /<script|javascript:|style=/i)
  t.match(body, 'color-scheme:light dark')
})

t.test('a content security policy of the host stays', async t => {
  const policy = "default-src 'self'; frame-ancestors 'none'"
  const before = (app: FastifyInstance) => {
    app.addHook('onRequest', async (_request, reply) => { reply.header('content-security-policy', policy) })
  }
  const { app } = await startHost(t, { before })
  const { headers } = await app.inject({ url: PATH, headers: NAVIGATION })

  t.equal(headers['content-security-policy'], policy)
})

t.test('the link to try again cannot break out of the page or lead elsewhere', async t => {
  const { app } = await startHost(t)
  await app.listen()
  const { port } = app.server.address() as AddressInfo
  /** As it stands: fetch() would encode it. */
  const linkFor = async (path: string): Promise<string | undefined> => {
    const client = get({ port, path, headers: { ...NAVIGATION, connection: 'close' } })
    const [response] = await once(client, 'response') as [IncomingMessage]
    return /<a href="([^"]*)">/.exec(await text(response))?.[1]
  }
  t.equal(await linkFor(`${PATH}?a="><b>&c='`), `${PATH}?a=%22%3E%3Cb%3E&#38;c=%27`)
  t.equal(await linkFor(`http://evil.example${PATH}?c`), `${PATH}?c`)
})

t.test('a request of a program gets JSON, and so does a navigation that asks for JSON', async t => {
  const { app } = await startHost(t)
  for (const [url, headers] of [[PATH, {}], [`${PATH}?response=json`, NAVIGATION]] as const) {
    const response = await app.inject({ url, headers })
    t.equal(response.statusCode, 401)
    t.equal(response.json().code, 'METABASE_SSO_NOT_AUTHENTICATED')
  }
})

t.test('the policy of the page lets its own style in, and the page has one', async t => {
  const { app } = await startHost(t)
  const { headers, body } = await app.inject({ url: PATH, headers: NAVIGATION })
  const style = /<style>([^<]*)<\/style>/.exec(body)?.[1] ?? ''
  t.match(style, /body\{[^}]*max-width:/)
  t.match(headers['content-security-policy'], `'sha256-${hash('sha256', style, 'base64')}'`)
})

t.test('the routes that only scripts call answer JSON to a navigation, too', async t => {
  const guest = { secret: EMBEDDING_SECRET, authorize: () => ({}) }
  const { app } = await startHost(t, { options: { guest } })
  const headers = { ...NAVIGATION, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }
  const payload = { entityType: 'dashboard', entityId: 1 }
  const response = await app.inject({ method: 'POST', url: `${PATH}/guest`, headers, payload })
  t.match([response.statusCode, response.json()], [401, { code: 'METABASE_SSO_NOT_AUTHENTICATED' }])
})
