// Counts sign-ins and measures exchanges with Metabase, out of what the plugin publishes.
import { tracingChannel } from 'node:diagnostics_channel'
import { Counter, Histogram } from 'prom-client'

const signIns = new Counter({
  name: 'metabase_sso_sign_ins_total',
  help: 'Sign-ins at the route, by the answer and by the code of the failure.',
  labelNames: ['answer', 'code', 'reused']
})
const exchanges = new Histogram({
  name: 'metabase_sso_exchange_seconds',
  help: 'Seconds that exchanges with Metabase took, by the method and by the code of the failure.',
  labelNames: ['method', 'code'],
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
})

tracingChannel('fastify-metabase-sso:sign-in').asyncEnd.subscribe(({ answer, reused, sentToLogin, error }) => {
  // Of a bounded number of values each: no user, no request id.
  signIns.inc({ answer: sentToLogin ? 'login' : answer, code: error?.code ?? '', reused: String(reused === true) })
})

const exchange = tracingChannel('fastify-metabase-sso:exchange')
const timers = new WeakMap()
exchange.start.subscribe(event => { timers.set(event, exchanges.startTimer()) })
exchange.asyncEnd.subscribe(event => {
  timers.get(event)({ method: event.exchangeMethod ?? '', code: event.error?.code ?? '' })
})
