/** Characters that are kept of a foreign text. */
const MAX_LENGTH = 500

/** Values, or patterns of values, that a text must not show. */
type Secrets = ReadonlyArray<string | RegExp>

/** Takes secrets out of a foreign text before cutting it, as the cut could leave a part of one. */
export function redact (text: unknown, secrets: Secrets): string {
  let redacted = typeof text === 'object' ? '' : String(text)
  for (const secret of secrets) if (secret !== '') redacted = redacted.replaceAll(secret, '[redacted]')
  return redacted.slice(0, MAX_LENGTH)
}

/**
 * Copies what may be logged of a foreign error: name, code and message. Other fields may quote a request or a
 * response, as undici's parser errors do.
 */
export function redactError (error: unknown, secrets: Secrets): Error & { code: string | undefined } {
  const { name, message, code } = Object(error) as { name?: unknown, message?: unknown, code?: unknown }
  return Object.assign(new Error(redact(message, secrets)), {
    name: redact(name, secrets),
    code: typeof code === 'string' ? redact(code, secrets) : undefined
  })
}
