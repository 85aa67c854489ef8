import type { FastifyCorsOptions } from '@fastify/cors'

/** What host apps do with @fastify/cors for themselves. */
export const hostPolicies: Array<[name: string, options: FastifyCorsOptions]> = [
  ['permissive', { origin: true, credentials: true }],
  ['any origin', { origin: '*' }],
  ['one fixed origin', { origin: 'https://www.example.com' }],
  ['restrictive', { origin: ['https://www.example.com'], methods: ['POST'] }],
  ['off', { origin: false }],
  [
    'with headers restricted',
    { origin: true, credentials: true, allowedHeaders: ['x-host'], exposedHeaders: ['x-host'] }
  ],
  [
    'with stored preflights',
    { origin: true, credentials: true, maxAge: 9, cacheControl: 'public, max-age=9', optionsSuccessStatus: 200 }
  ],
  ['without preflights', { origin: true, credentials: true, preflight: false }],
  ['with preflights continued', { origin: true, credentials: true, preflightContinue: true }],
  ['with loose preflights', { origin: true, credentials: true, strictPreflight: false }],
  [
    'with a delegator',
    { delegator: (_request, answer) => answer(null, { origin: true, credentials: true, exposedHeaders: ['x-host'] }) }
  ],
  ['with a refusing delegator', { delegator: (_request, answer) => answer(null, { origin: false }) }],
  ['hook preParsing', { origin: true, credentials: true, hook: 'preParsing' }],
  ['hook preValidation', { origin: true, credentials: true, hook: 'preValidation' }],
  ['hook preHandler', { origin: true, credentials: true, hook: 'preHandler' }],
  ['hook preSerialization', { origin: true, credentials: true, hook: 'preSerialization' }]
]
