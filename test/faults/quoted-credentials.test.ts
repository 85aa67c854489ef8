import { inspect } from 'node:util'
import t from 'tap'
import type { Dispatcher } from 'undici'
import { asAnn, outcome } from '../helpers/exchange.js'
import { ANN, startHost } from '../helpers/host.js'

/** Fails each request with an error that is made of what the request holds. */
const failing = (errorOf: (credential: string) => unknown) => ({
  dispatch ({ body, headers }: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) {
    const sessionId = (headers as Record<string, string>)['x-metabase-session']
    const credential = sessionId ?? String(JSON.parse(String(body)).jwt)
    handler.onResponseError?.({} as Dispatcher.DispatchController, errorOf(credential) as Error)
    return true
  }
}) as unknown as Dispatcher

const SESSION_ID = '5e551011-dead-4bad-8bad-5e551011dead'

/** Errors that quote a JWT or a session id: where, and what is there instead in the log. */
const errors: Record<string, (credential: string) => unknown> = {
  'its message': credential => new Error(`cannot send ${credential} to Metabase`),
  'its message, twice': credential => new Error(`${credential}, ${credential}`),
  'a message that is cut in the middle of it': credential => new Error(`${'x'.repeat(490)}${credential}`),
  'a message of a megabyte': credential => new Error(`${credential} ${'a'.repeat(1024 * 1024)} ${credential}`),
  'its code': credential => Object.assign(new Error('no'), { code: `E_${credential}` }),
  'its name': credential => Object.assign(new Error('no'), { name: credential }),
  'the addresses that were tried': credential =>
    new AggregateError([{ address: credential, port: 1, code: 'ECONNREFUSED' }], 'no'),
  'a property of its own': credential =>
    Object.assign(new Error('no'), { request: { body: credential }, cause: credential }),
  'no text at all': credential => ({ message: { toString: () => credential, credential } })
}

for (const [name, errorOf] of Object.entries(errors)) {
  t.test(`a dispatcher's error with a JWT or a session id in ${name} is logged without`, async t => {
    let credential = ''
    const dispatcher = failing(sent => { credential = sent; return errorOf(sent) })
    const host = await startHost(t, { options: { dispatcher, logout: true } })
    t.strictSame(outcome(await (await asAnn(host))()), ['METABASE_SSO_UNREACHABLE', 502])
    const jwt = credential
    const ofExchange: unknown = await host.app.metabaseSso.exchange(ANN).catch((error: unknown) => error)
    const ofRevoke: unknown = await host.app.metabaseSso.revoke(SESSION_ID).catch((error: unknown) => error)
    t.equal(credential, SESSION_ID)
    t.match([ofExchange, ofRevoke], [{ code: 'METABASE_SSO_UNREACHABLE' }, { code: 'METABASE_SSO_UNREACHABLE' }])

    const written = JSON.stringify(host.logs) + inspect([ofExchange, ofRevoke], { depth: 10, showHidden: true })
    for (const secret of [jwt.slice(0, 10), SESSION_ID.slice(0, 10)]) t.notOk(written.includes(secret), secret)
    t.ok(written.length < 50_000, 'little of a long message is kept')
  })
}
