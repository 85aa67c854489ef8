import { tracingChannel } from 'node:diagnostics_channel'
import type { Test } from 'tap'
import type { ExchangeEvent, SignInEvent } from '../../index.js'

type Name = 'start' | 'end' | 'asyncStart' | 'asyncEnd' | 'error'

/** What a subscriber was given, and how it looked at that moment. */
export interface Published {
  channel: 'sign-in' | 'exchange'
  name: Name
  event: SignInEvent & ExchangeEvent
  snapshot: object
}

/** Subscribes to every channel of the plugin until the test ends. */
export function listen (t: Test): Published[] {
  const published: Published[] = []
  for (const channel of ['sign-in', 'exchange'] as const) {
    const subscriber = (name: Name) => (event: unknown) => {
      published.push({ channel, name, event: event as Published['event'], snapshot: { ...event as object } })
    }
    const subscribers = {
      start: subscriber('start'),
      end: subscriber('end'),
      asyncStart: subscriber('asyncStart'),
      asyncEnd: subscriber('asyncEnd'),
      error: subscriber('error')
    }
    const tracing = tracingChannel<unknown, object>(`fastify-metabase-sso:${channel}`)
    tracing.subscribe(subscribers)
    t.teardown(() => { tracing.unsubscribe(subscribers) })
  }
  return published
}

/** The names of the events of one channel, in their order. */
export const namesOf = (published: Published[], channel: Published['channel']): Name[] =>
  published.filter(event => event.channel === channel).map(({ name }) => name)
