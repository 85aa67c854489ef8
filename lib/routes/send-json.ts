import type { FastifyReply } from 'fastify'

/** Sends a string, since an object would pass the host's `preSerialization` hooks and its `setReplySerializer`. */
export const sendJson = (reply: FastifyReply, body: object): FastifyReply =>
  reply.type('application/json; charset=utf-8').send(JSON.stringify(body))
