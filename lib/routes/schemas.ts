import type { FastifySchema } from 'fastify'

const string = (description: string) => ({ type: 'string', description })
const seconds = (description: string) => ({ type: 'integer', description: `${description}, in seconds since the epoch` })

const failure = (description: string) => ({
  description,
  type: 'object',
  required: ['status', 'message', 'error', 'code'],
  properties: {
    status: { type: 'string', enum: ['error'] },
    message: { type: 'string', enum: ['not authenticated', 'authentication failed'] },
    error: string('One plain sentence'),
    code: string('Stable code of the failure')
  }
})

/** For `@fastify/swagger` and for readers; the route checks its query itself. */
export const ssoSchema = {
  summary: 'Sign the user in to Metabase',
  description: 'Answers `?response=json` with a JWT, a browser navigation with a redirect to Metabase, and anything else with a Metabase session.',
  tags: ['metabase'],
  querystring: {
    type: 'object',
    properties: {
      response: { type: 'string', enum: ['json'], description: 'Set by Metabase clients that trade the JWT themselves' },
      return_to: string('Where Metabase sends the browser after a redirect: a path, or a URL of the instance')
    }
  },
  response: {
    200: {
      description: 'A JWT, or a Metabase session',
      type: 'object',
      oneOf: [
        { type: 'object', required: ['jwt'], properties: { jwt: string('JWT for Metabase') } },
        {
          type: 'object',
          required: ['id', 'exp', 'iat', 'status'],
          properties: {
            id: string('Metabase session'),
            exp: seconds('When to ask again'),
            iat: seconds('When it was issued'),
            status: { type: 'string', enum: ['ok'] }
          }
        }
      ]
    },
    302: { description: 'To Metabase, or to the login page of the app', type: 'null' },
    400: failure('`return_to` leads off the Metabase instance'),
    401: failure('Nobody is signed in to the app'),
    403: failure('This user may not sign in to Metabase'),
    500: failure('The app could not prepare the sign-in'),
    502: failure('Metabase is set up differently, unreachable, or gave no usable answer'),
    503: failure('Too many sign-ins wait for Metabase'),
    504: failure('Metabase did not answer in time')
  }
}

/** `@fastify/swagger` leaves it out. */
export const preflightSchema: FastifySchema & { hide: true } = { hide: true }

/** For `@fastify/swagger` and for readers; the route checks its body itself. */
export const guestSchema = {
  summary: 'Guest token for a Metabase dashboard or question',
  tags: ['metabase'],
  body: {
    type: 'object',
    required: ['entityType', 'entityId'],
    additionalProperties: false,
    properties: {
      entityType: { type: 'string', enum: ['dashboard', 'question'] },
      entityId: { oneOf: [{ type: 'integer', minimum: 1 }, { type: 'string', pattern: '^[A-Za-z0-9_-]{21}$' }] },
      customContext: { description: 'The `custom-context` attribute of the element', oneOf: [{ type: 'string' }, { type: 'object' }, { type: 'array' }] }
    }
  },
  response: {
    200: { description: 'A JWT', type: 'object', required: ['jwt'], properties: { jwt: string('JWT for Metabase') } },
    400: failure('The body is not what embed.js sends'),
    401: failure('Nobody is signed in to the app'),
    403: failure('This user may not see the item'),
    413: failure('The body is too large'),
    415: failure('The body is not JSON'),
    500: failure('The app could not prepare the token')
  }
}

export const logoutSchema = {
  summary: 'End the Metabase sessions of the user',
  tags: ['metabase'],
  response: {
    200: {
      description: 'How far it went',
      type: 'object',
      required: ['ended', 'left', 'logoutUrl'],
      properties: {
        ended: { type: 'integer', description: 'How many Metabase sessions are over now' },
        left: { type: 'integer', description: 'How many could not be ended' },
        logoutUrl: string('To be loaded by the browser after full-app embedding')
      }
    },
    403: failure('A page of another site asked for it'),
    500: failure('The session store failed')
  }
}
