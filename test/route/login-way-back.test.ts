import t from 'tap'
import { NAVIGATION, startHost } from '../helpers/host.js'

/** The way back that the login page is given. */
async function wayBack (t: Parameters<typeof startHost>[0], server: object, loginUrl: string, url: string, headers: Record<string, string> = {}) {
  const { app } = await startHost(t, { server, options: { loginUrl } })
  const response = await app.inject({ url, headers: { ...NAVIGATION, host: 'inside.example:3000', ...headers } })
  t.equal(response.statusCode, 302)
  return new URL(String(response.headers.location), 'http://host.example').searchParams.get('return_to')
}

t.test('behind a trusted proxy the way back leads to the outside', async t => {
  const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'app.example.com' }
  t.equal(await wayBack(t, { trustProxy: true }, 'https://login.example.com', '/sso/metabase', forwarded), 'https://app.example.com/sso/metabase')
})

t.test('nobody else can say where the outside is', async t => {
  const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' }
  t.equal(await wayBack(t, {}, 'https://login.example.com', '/sso/metabase', forwarded), 'http://inside.example:3000/sso/metabase')
})

t.test('where the app rewrites URLs the way back is the one that the browser knows', async t => {
  const server = { rewriteUrl: ({ url }: { url: string }) => url.replace(/^\/public/, '') }
  t.equal(await wayBack(t, server, '/login', '/public/sso/metabase?return_to=/x'), '/public/sso/metabase?return_to=/x')
})

t.test('more slashes than one do not make the way back lead elsewhere', async t => {
  const server = { routerOptions: { ignoreDuplicateSlashes: true } }
  for (const loginUrl of ['/login', 'https://login.example.com']) {
    const back = await wayBack(t, server, loginUrl, '//sso///metabase')
    t.match(back, loginUrl.startsWith('/') ? /^\/sso/ : /^http:\/\/inside\.example:3000\/sso/)
  }
})
