import Fastify from 'fastify'
import { readFileSync } from 'node:fs'
import t from 'tap'
import metabaseSso, { errorCodes, type MetabaseSsoError } from '../../index.js'
import { bootRows } from '../../lib/errors.js'
import { startHost } from '../helpers/host.js'

const { homepage, version } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, string>

const linkTo = (code: string) => `${homepage}/blob/v${version}/docs/troubleshooting.md#${code}`

t.test('the line of a failure links what the documents say of it', async t => {
  const { app, metabase, logs, logIn } = await startHost(t)
  const cookies = await logIn()
  const linked = () => (logs.findLast(({ err }) => err !== undefined)?.err as { docs?: string } | undefined)?.docs
  await app.inject({ url: '/sso/metabase' })
  t.equal(linked(), linkTo('metabase_sso_not_authenticated'))
  metabase.fail('wrong-secret')
  await app.inject({ url: '/sso/metabase', cookies })
  t.equal(linked(), linkTo('metabase_sso_secret_refused'))
})

t.test('the short line of a 503 has the link, too', async t => {
  const { app, metabase, logs, logIn } = await startHost(t, { options: { connections: 1, queue: 0, timeout: 100 } })
  const sessions = await Promise.all(['ann', 'bob'].map(async name => await logIn({ email: `${name}@example.com` })))
  metabase.fail('hang', { times: 1 })
  const both = sessions.map(async cookies => await app.inject({ url: '/sso/metabase', cookies }))
  t.equal((await Promise.race(both)).statusCode, 503)
  t.match(logs.find(({ level }) => level === 40)?.err, { docs: linkTo('metabase_sso_overloaded') })
})

t.test('an error of the options links what the documents say of it', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  app.register(metabaseSso, { secret: 'short', instanceUrl: 'https://metabase.example.com' })
  const error = await app.ready().then(() => undefined, error => error)
  t.equal(error?.docs, linkTo('metabase_sso_secret_invalid'))
})

t.test('the link of every error leads to a page and an anchor that are there', async t => {
  for (const [code, Class] of Object.entries(errorCodes)) {
    const { docs } = new (Class as new (...details: string[]) => { docs: string })('…', '…')
    const [, page = '', anchor] = /\/(docs\/[\w-]+\.md)#(\w+)$/.exec(docs) ?? []
    t.ok(readFileSync(page, 'utf8').includes(`<a id="${anchor}">`), code)
  }
})

t.test('every error says what docs/errors.md says of its code', async t => {
  const page = readFileSync('docs/errors.md', 'utf8')
  for (const [code, Class] of Object.entries(errorCodes)) {
    const row = page.split('\n').find(line => line.includes(`<a id="${code.toLowerCase()}"></a>`)) ?? ''
    const [, clause, hint, guestHint = hint] = / \| ([^|]+) \| ([^|]+?)(?: For `guest`: (.+))? \|$/.exec(row) ?? []
    const isBoot = Object.hasOwn(bootRows, code)
    for (const [option, expected] of [['…', hint], ['guest', guestHint], ['guest.…', guestHint]] as const) {
      const error = new (Class as new (...details: string[]) => MetabaseSsoError)(option, '…')
      const { name, hint, statusCode, headers } = error
      t.strictSame([name, error.constructor.name, hint], ['MetabaseSsoError', code, expected], 'as the log shows it')
      t.strictSame(headers, statusCode === 503 ? { 'retry-after': '1' } : undefined, code)
      const said = clause?.replace('…', option)
      t.equal(error.message, isBoot ? `fastify-metabase-sso: ${said}. ${expected}` : said, code)
    }
  }
})
