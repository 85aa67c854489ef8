import { escapeHtml, html, json, text, type Answer } from '../answer.js'
import type { Instance } from '../instance.js'
import { routeOf } from '../request.js'
import type { ReceivedRequest } from '../types.js'
import { versions, type MetabaseVersion } from '../versions.js'
import { refusals, type Details, type Refusal, type SiteLocale, type Words, type WordsSince } from './refusals.js'

/** The words of `account-needed`. The translations are ours: Metabase's own may differ. */
const accountNeeded: Readonly<Record<SiteLocale, string>> = {
  en: 'Sorry, but you\'ll need a metabase account to view this page. Please contact your administrator.',
  de: 'Sie benötigen ein metabase-Konto, um diese Seite anzuzeigen. Bitte wenden Sie sich an Ihren Administrator.',
  ja: 'このページを表示するには、metabaseアカウントが必要です。管理者に連絡してください。'
}

/** Finds the words of the instance's version. */
function wordsOf ({ version }: Instance, refusal: Refusal): Words {
  const since: WordsSince = refusals[refusal]
  const order = Object.keys(versions) as MetabaseVersion[]
  return order.slice(0, order.indexOf(version) + 1).reduce((words, name) => since[name] ?? words, since.v50)
}

/** Makes the page that every refused `POST /auth/sso` is answered with. Its type has no charset. */
function logInPage (status: number, message: string, data: object): Answer {
  const fields = Object.entries({ ...data, 'status-code': status })
  const shown = fields.map(([key, value]) => `:${key} ${JSON.stringify(value)}`).join(', ')
  const body = `<!DOCTYPE html>
<html>
<head><title>Metabase</title></head>
<body>
<h2>It looks like we weren't able to log you in.</h2>
<h2><tt>${escapeHtml(message)}</tt></h2>
<h4>Additional Info</h4>
<pre>{${escapeHtml(shown)}}</pre>
</body>
</html>
`
  return { status, contentType: 'text/html', body }
}

/** Makes the JSON of an exception with its stack trace (`server/middleware/exceptions.clj`). */
function traced (status: number, message: string, data: object): Answer {
  const allData = { ...data, 'status-code': status }
  const at = ['metabase_enterprise.sso.integrations.jwt$fn', 'invoke', 'jwt.clj', 100]
  const via = [{ type: 'clojure.lang.ExceptionInfo', message, data: allData, at }]
  return json(status, { via, trace: [at], cause: message, data: allData, message, ...data })
}

/** Finds the answer of the open-source edition, which has nothing below `/auth/sso`. */
function openSource ({ row }: Instance, method: string, message: string): Answer {
  if (row.openSource === 'json') return json(400, { message, status: 'ee-build-required' })
  return method === 'GET' ? html(200, 'Metabase', 'The app.') : text(404, 'Not found.')
}

/**
 * Finds the answer for a refusal.
 * @param record the request that is refused
 * @param details what the answer shows beside its words; default: the time, and no data
 */
export function answerOf (
  metabase: Instance, refusal: Refusal, record: ReceivedRequest, details: Details = {}
): Answer {
  const { settings } = metabase
  const { time = metabase.seconds(), data } = details
  const words = wordsOf(metabase, refusal)
  const { status } = words
  const message = refusal === 'account-needed'
    ? accountNeeded[settings.siteLocale]
    : words.message.replace(/<(exp|nbf)>/, String(time))
  const isText = words.data === undefined || (words.brief === true && settings.textErrors)
  const shown = isText ? {} : { ...words.data, ...data }

  if (refusal === 'open-source') return openSource(metabase, record.method, message)
  if (refusal === 'ambiguous-path') return json(status, { message, url: record.url, status: String(status) })
  if (!words.early && routeOf(metabase, record) === 'POST /auth/sso') return logInPage(status, message, shown)
  // An unexpected error is never a text.
  if (isText && status !== 500) return text(status, message)
  if ('errors' in shown) return json(status, shown)
  return settings.hideStacktraces ? json(status, { message: 'Something went wrong' }) : traced(status, message, shown)
}
