import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Instance } from './instance.js'
import type { WithQuery } from './request.js'
import type { ReceivedRequest } from './types.js'

/** Keeps a record of each request: when it arrives, so that the order is right, and of its body once that is parsed. */
export function recordRequests (app: FastifyInstance, metabase: Instance): void {
  app.decorateRequest('record')

  app.addHook<WithQuery>('onRequest', async request => {
    const { method, url, query } = request
    const [path = url] = url.split('?', 1)
    const record: ReceivedRequest = { method, url, path, query, headers: { ...request.headers }, body: undefined }
    metabase.requests.push(record)
    request.setDecorator('record', record)
  })

  app.addHook('preValidation', async request => {
    recordOf(request).body = request.body
  })
}

/** The record of a request. */
export function recordOf (request: Pick<FastifyRequest, 'getDecorator'>): ReceivedRequest {
  return request.getDecorator<ReceivedRequest>('record')
}
