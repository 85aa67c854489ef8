import type { FastifySchema } from 'fastify'
import { ENTITY_TYPES } from '../guest/item.js'

// For `@fastify/swagger` and for readers: the routes check their queries and bodies themselves. The schemas have no
// `oneOf`, which Swagger 2.0 does not know.

const string = (description: string) => ({ type: 'string', description })
const integer = (description: string) => ({ type: 'integer', description })
const object = (description: string, properties: Record<string, object>) =>
  ({ description, type: 'object', required: Object.keys(properties), properties })

/** What each status of a failure means. */
const FAILURES = {
  400: '`return_to` leads off the Metabase instance, or the body is not what embed.js sends',
  401: 'The request has no signed-in user',
  403: 'This user, or this page, is refused',
  413: 'The body is too large',
  415: 'The body is not JSON',
  500: 'The app could not prepare the response, or its session store failed',
  502: 'Metabase is set up differently, unreachable, or gave no usable response',
  503: 'Too many sign-ins wait for Metabase',
  504: 'Metabase did not answer in time'
}

const failures = (...statuses: Array<keyof typeof FAILURES>) =>
  Object.fromEntries(statuses.map(status => [status, object(FAILURES[status], {
    status: { type: 'string', enum: ['error'] },
    message: { type: 'string', enum: ['not authenticated', 'authentication failed'] },
    error: string('One plain sentence'),
    code: string('Stable code of the failure')
  })]))

const jwt = string('JWT for Metabase')

export const ssoSchema = {
  summary: 'Sign the user in to Metabase',
  description: 'Answers `?response=json` with a JWT, a browser navigation with a redirect to Metabase, ' +
    'and anything else with a Metabase session.',
  tags: ['metabase'],
  querystring: {
    type: 'object',
    properties: {
      response: { type: 'string', enum: ['json'], description: 'Set by clients that trade the JWT themselves' },
      return_to: string('Where Metabase sends the browser after a redirect: a path, or a URL of the instance')
    }
  },
  response: {
    200: {
      description: '`jwt` alone, or a Metabase session: the other four',
      type: 'object',
      properties: {
        jwt,
        id: string('Metabase session'),
        exp: integer('When to ask again, in seconds since the epoch'),
        iat: integer('When it was issued, in seconds since the epoch'),
        status: { type: 'string', enum: ['ok'] }
      }
    },
    302: { description: 'To Metabase, or to the login page of the app', type: 'null' },
    ...failures(400, 401, 403, 500, 502, 503, 504)
  }
}

/** `@fastify/swagger` leaves it out. */
export const preflightSchema: FastifySchema & { hide: true } = { hide: true }

export const guestSchema = {
  summary: 'Guest token for a Metabase dashboard or question',
  tags: ['metabase'],
  body: {
    type: 'object',
    required: ['entityType', 'entityId'],
    properties: {
      entityType: { type: 'string', enum: ENTITY_TYPES },
      entityId: { description: 'A number, or an entity id of 21 characters' },
      customContext: { description: 'The `custom-context` attribute of the element' }
    }
  },
  response: {
    200: object('A JWT', { jwt }),
    ...failures(400, 401, 403, 413, 415, 500)
  }
}

export const logoutSchema = {
  summary: 'End the Metabase sessions of the user',
  tags: ['metabase'],
  response: {
    200: object('How far it went', {
      ended: integer('How many Metabase sessions are over now'),
      remaining: integer('How many could not be ended'),
      logoutUrl: string('To be loaded by the browser after full-app embedding')
    }),
    ...failures(403, 413, 500)
  }
}
