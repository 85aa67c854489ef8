import type { FastifyInstance, InjectOptions } from 'fastify'
import type { Test } from 'tap'

/** Asserts that two apps answer these requests alike, in status, headers and body. */
export async function answerAlike (
  t: Test, one: FastifyInstance, other: FastifyInstance, requests: readonly InjectOptions[]
): Promise<void> {
  for (const request of requests) {
    const [a, b] = [await answerTo(one, request), await answerTo(other, request)]
    t.same(a, b, `${request.method ?? 'GET'} ${String(request.url)}`)
  }
}

async function answerTo (app: FastifyInstance, request: InjectOptions): Promise<object> {
  const { statusCode, headers: { date, ...headers }, body } = await app.inject(request)
  return { statusCode, headers, body }
}
