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

/** For @fastify/swagger and for readers; the route checks its query itself. */
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
    504: failure('Metabase did not answer in time')
  }
}

/** @fastify/swagger leaves it out. */
export const preflightSchema: FastifySchema & { hide: true } = { hide: true }
