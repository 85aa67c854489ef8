// Gives the handler what API Gateway would: events of its payload format 2.0.
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { handler } from './handler.js'

createServer(async (request, response) => {
  const { pathname, search } = new URL(request.url, 'http://localhost')
  const { statusCode, headers, cookies = [], body, isBase64Encoded } = await handler({
    version: '2.0',
    rawPath: pathname,
    rawQueryString: search.slice(1),
    queryStringParameters: Object.fromEntries(new URLSearchParams(search)),
    headers: request.headers,
    cookies: request.headers.cookie?.split('; '),
    requestContext: { http: { method: request.method, path: pathname, sourceIp: '127.0.0.1' } },
    body: await text(request),
    isBase64Encoded: false
  }, {})
  response.writeHead(statusCode, { ...headers, 'set-cookie': cookies })
  response.end(isBase64Encoded ? Buffer.from(body, 'base64') : body)
}).listen(process.env.PORT)
