/** The JWT in a JSON body, if there is one. */
export function jwtIn (body: unknown): string | undefined {
  const jwt = typeof body === 'object' && body !== null && 'jwt' in body ? body.jwt : undefined
  return typeof jwt === 'string' && jwt.trim() !== '' ? jwt : undefined
}
