import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import t, { type Test } from 'tap'
import ts from 'typescript'
import { request } from 'undici'
import { startApp } from '../helpers/app-process.js'
import { readPage, snippets } from '../helpers/readme.js'

// The apps of the quick start run as they stand in the README, on free ports. Needs `npm run build`.
const blocks = (language: string) => snippets(language).filter(({ page }) => page === 'README.md').map(({ code }) => code)
const [dotEnv = ''] = blocks('sh').filter(code => code.startsWith('SESSION_SECRET='))
const [server = '', declaration = ''] = blocks('ts')
const [standIn = ''] = blocks('js')
const env = parseEnv(dotEnv) as Record<string, string>

const requires = [...readPage('README.md').matchAll(/`(const \w+ = require\('[^']+'\))`/g)].map(([, line = '']) => line)
const [imports, rest = ''] = server.split(/\n\n(.*)/s)
const transpiled = ts.transpileModule(`${server}\n${declaration}`, {
  compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 }
})

const variants = {
  'server.mjs': server,
  'server.cjs': `${requires.join('\n')}\n${rest}`,
  'typescript.mjs': transpiled.outputText
}

/** Runs a script of the README inside the repository, so that the package finds itself by name. */
async function start (t: Test, name: string, code: string, more: object, listening?: RegExp) {
  await mkdir('.tap', { recursive: true }) // tap makes it, `npm run t` does not
  const folder = await mkdtemp(join(process.cwd(), '.tap', 'quick-start-'))
  const script = join(folder, name)
  await writeFile(script, code.replace(/port: 300\d/, 'port: 0'))
  const app = startApp(t, script, { ...env, ...more }, listening)
  t.teardown(() => rm(folder, { recursive: true }))
  return app
}

t.test('the README names a require for each import of the quick start', async t => {
  t.equal(requires.length, imports?.split('\n').length)
})

t.test('the README names what the app ends with where .env was forgotten', async t => {
  const [, sentence = '?'] = /ends with `([^`]+)`, `--env-file=\.env` was forgotten/.exec(readPage('README.md')) ?? []
  const app = await start(t, 'forgotten.mjs', server, { SESSION_SECRET: 'undefined' })
  await app.exited
  t.match(app.output(), sentence)
})

const [, credentials = ''] = /-d '(\{.*?\})' localhost:3000\/login/.exec(readPage('README.md')) ?? []

/** Logs in as the README does. */
const logIn = async (url: string, body: string) =>
  await request(`${url}/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })

t.test('the quick start gives all three answers', async t => {
  const metabase = await start(t, 'metabase.mjs', standIn, {}, /Metabase is at (\S+)/)
  const instance = await metabase.url
  for (const [name, code] of Object.entries(variants)) {
    t.test(`as ${name}`, async t => {
      const app = await start(t, name, code, { METABASE_INSTANCE_URL: instance })
      const url = await app.url
      t.equal((await logIn(url, '{"email":"ann@example.com"}')).statusCode, 401)
      const { statusCode, headers } = await logIn(url, credentials)
      t.equal(statusCode, 204)

      const [cookie = ''] = String(headers['set-cookie']).split(';')
      const ask = async (query: string, more = {}) =>
        await request(`${url}/sso/metabase${query}`, { headers: { cookie, ...more } })
      t.match(await (await ask('?response=json')).body.json(), { jwt: /^eyJ/ })
      t.match(await (await ask('')).body.json(), { id: String, exp: Number, iat: Number, status: 'ok' })
      const redirected = await ask('?return_to=/dashboard/1', { accept: 'text/html' })
      t.equal(redirected.statusCode, 302)
      const { origin, pathname, searchParams } = new URL(String(redirected.headers.location))
      t.strictSame([origin, pathname, searchParams.get('return_to')], [instance, '/auth/sso', '/dashboard/1'])
      t.notMatch(app.output(), '"level":40', 'the plugin finds nothing wrong')
    })
  }
})
