import t from 'tap'
import type { Dispatcher } from 'undici'
import * as undici6 from 'undici6'
import { outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'

/** One that whoever uses it takes for undici 7's, as TypeScript does with a cast. */
const as7 = (dispatcher: undici6.Dispatcher) => dispatcher as unknown as Dispatcher

const dispatchers: Record<string, () => undici6.Dispatcher> = {
  'an Agent': () => new undici6.Agent(),
  'an Agent with interceptors': () =>
    new undici6.Agent().compose(undici6.interceptors.redirect({ maxRedirections: 1 })),
  'a RetryAgent': () => new undici6.RetryAgent(new undici6.Agent())
}

t.test('the log names a dispatcher of undici 6 as the cause, and the response does not', async t => {
  for (const [name, create] of Object.entries(dispatchers)) {
    const dispatcher = as7(create())
    const { app, metabase, logs, logIn } = await startHost(t, { options: { dispatcher } })
    const response = await app.inject({ url: '/sso/metabase', cookies: await logIn() })
    t.strictSame(outcome(response), ['METABASE_SSO_OPTION_INVALID', 500], name)
    t.notMatch(response.body, /undici|dispatcher/, name)
    t.match(
      logs.find(({ err }) => err !== undefined),
      { level: 50, err: { message: /option "dispatcher" is not of undici 7 or later/, stack: /caused by/ } },
      name
    )
    t.strictSame(metabase.requests, [], name)
  }
})

t.test('it is no sign of a Metabase that is down: the same words come every time', async t => {
  const { app, logIn } = await startHost(t, { options: { dispatcher: as7(new undici6.Agent()) } })
  const cookies = await logIn()
  for (let i = 0; i < 12; i++) {
    t.strictSame(
      outcome(await app.inject({ url: '/sso/metabase', cookies })), ['METABASE_SSO_OPTION_INVALID', 500]
    )
  }
})
