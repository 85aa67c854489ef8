import type { FastifyReply } from 'fastify'
import { html, type Answer } from './answers.js'
import { refusals, type Refusal, type RefusalAnswers } from './failures.js'
import type { Instance } from './instance.js'
import { routeOf } from './request.js'
import type { ReceivedRequest } from './types.js'

/** Whether the instance uses the other wording of a refusal that has two. */
function saysOther ({ generation, settings }: Instance, refusal: Refusal): boolean {
  if (refusal.startsWith('to-session-')) return settings.toSessionAnswer === 'bare'
  if (generation === 'A' && (refusal === 'sdk-embedding-disabled' || refusal === 'post-not-valid')) return true
  return settings.olderAnswers
}

/**
 * The answer for a refusal.
 * @param record the request that is refused
 * @param detail stands where the answer shows a number of the JWT; default: the time
 */
export function answerOf (metabase: Instance, refusal: Refusal, record: ReceivedRequest, detail = metabase.seconds()): Answer {
  const { usual, other = usual }: RefusalAnswers = refusals[refusal]
  const { status, contentType, body } = saysOther(metabase, refusal) ? other : usual
  const filled = body.replaceAll(/<(exp|nbf)>/g, String(detail))
  // Several Metabase versions show each error of this one route as a web page with the message in it.
  const asPage = metabase.settings.postAnswer === 'html' && routeOf(metabase, record) === 'POST /auth/sso'
  return asPage && !contentType.startsWith('text/html') ? html(status, 'Metabase', filled) : { status, contentType, body: filled }
}

/** Sends an answer as it is. */
export function send (reply: FastifyReply, { status, contentType, body }: Answer): FastifyReply {
  return reply.code(status).type(contentType).send(body)
}
