import type { FastifyInstance } from 'fastify'
import { send } from '../answer.js'
import { answeredByOthers } from '../cors.js'
import type { Instance } from '../instance.js'
import { recordOf, routeOf } from '../request.js'
import type { ReceivedRequest } from '../types.js'
import { foreignAnswers, type RequestKind } from './failures.js'
import { answerOf } from './refusal-answer.js'
import { transportFaults } from './transport-faults.js'

function kindOf (metabase: Instance, record: ReceivedRequest): RequestKind {
  switch (routeOf(metabase, record)) {
    case 'GET /auth/sso': return record.query.jwt === undefined ? 'discovery' : 'jwt'
    case 'POST /auth/sso':
    case 'POST /auth/sso/to_session': return 'jwt'
    default: return 'other'
  }
}

function isIn<Name extends string> (table: Record<Name, unknown>, name: string): name is Name {
  return Object.hasOwn(table, name)
}

/** Lets requests meet the failure that `fail()` has set, in place of their route. */
export function failRequests (app: FastifyInstance, metabase: Instance): void {
  // With a callback, which is not called: the route would run beside a stream that an async hook has begun to send.
  app.addHook('preHandler', (request, reply, done) => {
    const record = recordOf(request)
    const isBlocked = metabase.settings.blocksPreflights && record.method === 'OPTIONS'
    const failure = isBlocked ? 'gateway-405-page' : metabase.failures.take(kindOf(metabase, record))
    if (failure === null) return done()
    if (isIn(transportFaults, failure)) {
      transportFaults[failure](reply, request)
    } else if (isIn(foreignAnswers, failure)) {
      answeredByOthers(request)
      send(reply, foreignAnswers[failure])
    } else {
      send(reply, answerOf(metabase, failure, record))
    }
  })
}
