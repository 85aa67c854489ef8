import type { LightMyRequestResponse } from 'fastify'
import t from 'tap'
import type { MetabaseSsoOptions } from '../../index.js'
import { failureOf, outcome } from '../helpers/exchange.js'
import { askAsEmbedJs, EMBEDDING_SECRET } from '../helpers/guest.js'
import { ANN, NAVIGATION, startHost, type AppUser, type Host } from '../helpers/host.js'

const TIMEOUT = 200

const signIn = async ({ app, logIn }: Host) => await app.inject({ url: '/sso/metabase', cookies: await logIn() })
const visit = async ({ app }: Host) => await app.inject({ url: '/sso/metabase', headers: NAVIGATION })
const askForGuest = async ({ app, logIn }: Host) =>
  await askAsEmbedJs(app, { entityType: 'dashboard', entityId: 1 }, await logIn())

/** The host's own functions: what they are asked for, what they return in order, and the code of their failure. */
const functions: Record<string, {
  ask: (host: Host) => Promise<LightMyRequestResponse>, fine: unknown, status: number, code: string
}> = {
  getUser: { ask: signIn, fine: ANN, status: 200, code: 'METABASE_SSO_GET_USER_FAILED' },
  mapUserToClaims: { ask: signIn, fine: { email: 'ann@example.com' }, status: 200, code: 'METABASE_SSO_MAPPER_FAILED' },
  authorize: { ask: signIn, fine: true, status: 200, code: 'METABASE_SSO_AUTHORIZE_FAILED' },
  loginUrl: { ask: visit, fine: '/login', status: 302, code: 'METABASE_SSO_PAGE_URL_FAILED' },
  'guest.authorize': { ask: askForGuest, fine: {}, status: 200, code: 'METABASE_SSO_AUTHORIZE_FAILED' }
}

const optionsWith = (name: string, answer: () => unknown, timeout?: number) => ({
  ...timeout === undefined ? {} : { timeout },
  ...name === 'guest.authorize' ? { guest: { secret: EMBEDDING_SECRET, authorize: answer } } : { [name]: answer }
}) as Partial<MetabaseSsoOptions<AppUser>>

for (const [how, settle] of Object.entries({
  'never settles': undefined,
  'resolves when it is too late': 'resolve',
  'rejects when it is too late': 'reject'
} as const)) {
  t.test(`a function of the host's that ${how} lets nobody wait longer than the timeout`, {
    timeout: 10_000
  }, async t => {
    const unhandled: unknown[] = []
    const note = (error: unknown) => { unhandled.push(error) }
    process.on('unhandledRejection', note)
    t.teardown(() => process.off('unhandledRejection', note))

    await Promise.all(Object.entries(functions).map(async ([name, { ask, fine, code }]) => {
      let late = () => {}
      const host = await startHost(t, {
        options: optionsWith(name, async () => await new Promise((resolve, reject) => {
          if (settle !== undefined) late = () => settle === 'resolve' ? resolve(fine) : reject(new Error('too late'))
        }), TIMEOUT)
      })
      const response = await ask(host)
      t.strictSame(outcome(response), [code, 500], name)
      t.equal(failureOf(response).error, 'The app could not prepare the sign-in to Metabase.', name)
      t.match(
        host.logs.filter(({ err }) => err !== undefined),
        [{ level: 50, err: { message: /: no answer in 200 ms$/, hint: String } }],
        name
      )
      t.strictSame(host.metabase.requests, [], `${name}: Metabase is not asked`)
      late()
    }))
    for (let i = 0; i < 3; i++) await new Promise(setImmediate)
    t.strictSame(unhandled, [])
  })
}

t.test('those that answer, at once or after a while, are waited for', async t => {
  await Promise.all(Object.entries(functions).flatMap(([name, { ask, fine, status }]) => [
    () => fine,
    async () => { await new Promise(setImmediate); return fine },
    // as clients of databases return
    () => ({ then: (resolve: (value: unknown) => void) => { setImmediate(resolve, fine) } })
  ].map(async answer => {
    t.equal((await ask(await startHost(t, { options: optionsWith(name, answer) }))).statusCode, status, name)
  })))
})

t.test('what the host asks for itself does not wait longer either', async t => {
  const never = async () => await new Promise<never>(() => {})
  const one = await startHost(t, { options: { timeout: TIMEOUT, authorize: never } })
  const other = await startHost(t, { options: { timeout: TIMEOUT, mapUserToClaims: never } })
  await Promise.all([one.app.ready(), other.app.ready()])
  await Promise.all([
    t.rejects(one.app.metabaseSso.sign(ANN), { code: 'METABASE_SSO_AUTHORIZE_FAILED' }),
    t.rejects(other.app.metabaseSso.exchange(ANN), { code: 'METABASE_SSO_MAPPER_FAILED' })
  ])
})

for (const [what, thrown] of Object.entries({ 'a text': 'oops', 'an object without a prototype': Object.create(null) })) {
  t.test(`a function of the host's that throws ${what} is told as its fault`, async t => {
    const getUser = () => { throw thrown }
    const { app } = await startHost(t, { options: { getUser } })
    t.strictSame(outcome(await app.inject('/sso/metabase')), ['METABASE_SSO_GET_USER_FAILED', 500])
  })
}
