// Makes a span of each sign-in and of each exchange with Metabase, out of what the plugin publishes.
import { AsyncLocalStorage } from 'node:async_hooks'
import { tracingChannel } from 'node:diagnostics_channel'
import { SpanStatusCode, trace, context } from '@opentelemetry/api'

const tracer = trace.getTracer('fastify-metabase-sso')
const current = new AsyncLocalStorage()
const spans = new WeakMap()

/**
 * @param {string} name of the channel and of its spans
 * @param {(event: object) => object} attributesOf reads an event that has ended
 */
function traceChannel (name, attributesOf) {
  const channel = tracingChannel(name)
  // The span of the sign-in is the parent of its exchange. Above it is what instruments your app, such as
  // @fastify/otel.
  channel.start.bindStore(current, event => {
    const parent = current.getStore()
    const span = tracer.startSpan(name, {}, parent ? trace.setSpan(context.active(), parent) : context.active())
    spans.set(event, span)
    return span
  })
  channel.asyncEnd.subscribe(event => {
    const span = spans.get(event)
    span.setAttributes(attributesOf(event))
    const { error } = event
    // Expected refusals, such as a visitor's 401, are no faults of the server.
    if (error?.statusCode >= 500) {
      span.recordException(error)
      span.setStatus({ code: SpanStatusCode.ERROR, message: error.code })
    }
    span.end()
  })
}

traceChannel('fastify-metabase-sso:sign-in', ({ answer, reused, sentToLogin, error }) => ({
  'metabase.answer': sentToLogin ? 'login' : answer,
  'metabase.reused': reused === true,
  'error.type': error?.code
}))
traceChannel('fastify-metabase-sso:exchange', ({ instanceUrl, exchangeMethod, error }) => ({
  'server.address': new URL(instanceUrl).hostname,
  'metabase.method': exchangeMethod,
  'error.type': error?.code
}))
