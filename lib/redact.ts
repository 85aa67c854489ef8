/** Characters that are kept of a foreign message. */
const MAX_LENGTH = 500

/**
 * Copies what may be logged of a foreign error: name, code and message. Other fields may quote a request or a
 * response, as undici's parser errors do.
 * @param secrets values, or patterns of values, that the message must not show
 */
export function redactError (
  error: unknown, secrets: ReadonlyArray<string | RegExp>
): Error & { code: string | undefined } {
  const { name, message, code } = Object(error) as { name?: unknown, message?: unknown, code?: unknown }
  let text = String(message)
  for (const secret of secrets) if (secret !== '') text = text.replaceAll(secret, '[redacted]')
  return Object.assign(new Error(text.slice(0, MAX_LENGTH)), {
    name: String(name),
    code: typeof code === 'string' ? code : undefined
  })
}
