import { tracingChannel } from 'node:diagnostics_channel'

// docs/observability.md describes the channels and what their subscribers are given.

/**
 * One sign-in at the route. Subscribers of `fastify-metabase-sso:sign-in` are given one such object for each.
 * @example tracingChannel('fastify-metabase-sso:sign-in').asyncEnd.subscribe(sent => console.log(sent as SignInEvent))
 */
export interface SignInEvent {
  /** Base URL of the Metabase instance, as the option says. */
  readonly instanceUrl: string
  /** Fastify's id of the request, as in the log. */
  readonly requestId: string
  /** The response that the client expects. */
  readonly answer: 'jwt' | 'session' | 'redirect'
  /** How the JWT was traded for a session. Set when it was, for the answer `session` only. */
  exchangeMethod?: string | undefined
  /** Set when the session is one from before. */
  reused?: true | undefined
  /** Set when the request has no user, and was sent to `loginUrl`. */
  sentToLogin?: true | undefined
  /** Set when the sign-in failed: the error, as in the log. */
  error?: unknown
}

/**
 * One exchange with Metabase. Subscribers of `fastify-metabase-sso:exchange` are given one such object for each.
 * @example tracingChannel('fastify-metabase-sso:exchange').start.subscribe(sent => console.log(sent as ExchangeEvent))
 */
export interface ExchangeEvent {
  /** Base URL of the Metabase instance, as the option says. */
  readonly instanceUrl: string
  /** How the JWT was traded for a session. Set when it was. */
  exchangeMethod?: string | undefined
  /** Set when the exchange failed: the error, as in the log. */
  error?: unknown
}

/** A TracingChannel of Node. The parameters of that type are in another order from @types/node 26 on. */
interface Channel<Event> {
  tracePromise (work: () => Promise<void>, event: Event): Promise<void>
}

export const signInChannel: Channel<SignInEvent> = tracingChannel('fastify-metabase-sso:sign-in')
export const exchangeChannel: Channel<ExchangeEvent> = tracingChannel('fastify-metabase-sso:exchange')

/** Traces the work. Subscribers get the event, and not the result, which is a credential. */
export function traced<Event, T> (channel: Channel<Event>, event: Event, work: () => Promise<T>): Promise<T> {
  let result: Promise<T>
  return channel.tracePromise(async () => { await (result = work()) }, event).then(() => result)
}
