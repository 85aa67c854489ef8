import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Time between two bytes of a dripping answer, in milliseconds. */
const dripInterval = 20
/** Size of the huge bodies, in bytes. */
const hugeSize = 50 * 1024 * 1024
/** What an answer begins with that does not reach its end. */
const beginning = '{"status":"ok","id":"'
const jsonType = 'application/json;charset=utf-8'

/** Sends the start of an answer whose length is announced as `length`, then calls `next`. */
function sendBeginning ({ raw }: FastifyReply, length: number, next: () => void): void {
  raw.writeHead(200, { 'content-type': jsonType, 'content-length': length })
  raw.write(beginning, next)
}

/** One long JSON string, made as it is read: a client that goes away stops it. */
function * hugeJson () {
  const chunk = 'x'.repeat(64 * 1024)
  yield beginning
  for (let sent = 0; sent < hugeSize; sent += chunk.length) yield chunk
  yield '"}'
}

type Fault = (reply: FastifyReply, request: FastifyRequest) => void

/** Faults in how an answer is sent, or is not. */
export const transportFaults = {
  /** The connection stays open and nothing comes. */
  hang (reply) {
    reply.hijack()
  },
  /** One byte now and then, and no end. */
  drip (reply) {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': jsonType })
    const timer = setInterval(() => reply.raw.write(' '), dripInterval)
    reply.raw.on('close', () => clearInterval(timer))
  },
  /** The connection ends before the first byte. */
  reset (reply) {
    reply.hijack()
    reply.raw.destroy()
  },
  /** The connection ends in the body. */
  'reset-mid-body' (reply) {
    reply.hijack()
    sendBeginning(reply, 1000, () => reply.raw.destroy())
  },
  /** The answer is complete, its JSON is not. */
  'truncated-json' (reply) {
    reply.type(jsonType).send(beginning)
  },
  /** 50 MB of JSON. */
  'huge-body' (reply) {
    reply.type(jsonType).send(Readable.from(hugeJson(), { objectMode: false }))
  },
  /** The same 50 MB, as a few KB of gzip. */
  'gzip-bomb' (reply) {
    reply.type(jsonType).header('content-encoding', 'gzip').send(Readable.from(hugeJson()).pipe(createGzip()))
  },
  /** A redirect to where the request went. */
  'redirect-loop' (reply, request) {
    reply.code(302).header('location', request.url).send()
  },
  /** The announced length is greater than the body; the connection ends in good order after it. */
  'wrong-length' (reply) {
    reply.hijack()
    sendBeginning(reply, 1000, () => reply.raw.socket?.end())
  }
} satisfies Record<string, Fault>

/**
 * A fault below HTTP, or in how HTTP is used.
 * @example const fault: TransportFault = 'reset'
 */
export type TransportFault = keyof typeof transportFaults
