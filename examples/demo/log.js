import { createRecent } from './recent.js'

/** Keeps the last lines that the host app logs, for the page to show. Yours go where your logs go. */
export function createLog () {
  const recent = createRecent(100)
  return {
    stream: { write: line => recent.add(readLine(line)) },
    last: count => recent.items.slice(-count),
    ofRequest: id => recent.items.filter(({ requestId }) => requestId === id)
  }
}

/** What a person reads of a line: pino writes JSON. */
function readLine (line) {
  const {
    level, time, msg, reqId, err, metabaseUser, answer, entityType, entityId, exchangeMethod, ended, durationMs
  } = JSON.parse(line)
  const details = [
    metabaseUser && `user ${metabaseUser}`,
    answer,
    entityType && `${entityType} ${entityId}`,
    exchangeMethod,
    ended !== undefined && `${ended} ended`,
    durationMs !== undefined && `${durationMs} ms`,
    err?.code
  ]
  return {
    requestId: reqId,
    time,
    level: level >= 50 ? 'error' : level >= 40 ? 'warn' : 'info',
    message: msg,
    details: details.filter(Boolean).join(' · '),
    hint: err?.hint
  }
}
