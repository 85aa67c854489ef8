/**
 * Keeps a record of what an app is asked and answers.
 * @param {import('fastify').FastifyInstance} app before anything else is registered
 */
export function recordRequests (app) {
  const requests = []

  app.decorateRequest('record')
  app.addHook('onRequest', async request => {
    const { method, url, headers } = request
    const record = {
      method,
      url,
      path: url.split('?', 1)[0],
      headers: { ...headers },
      sent: undefined,
      status: undefined,
      body: undefined
    }
    request.setDecorator('record', record)
    requests.push(record)
  })
  app.addHook('preHandler', async request => {
    request.getDecorator('record').sent = request.body
  })
  app.addHook('onSend', async (request, reply, payload) => {
    Object.assign(request.getDecorator('record'), { status: reply.statusCode, body: payload })
  })
  return requests
}
