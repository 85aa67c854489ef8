import type { Test } from 'tap'
import type { MetabaseSsoOptions } from '../../index.js'
import { payloadOf } from './exchange.js'
import { startHost, type AppUser } from './host.js'

type Options = Partial<MetabaseSsoOptions<AppUser>>

/** The claims that Metabase would read for a user as the host app holds it, without times; else the failure. */
export async function claimsFor (t: Test, user: object, options: Options = {}): Promise<Record<string, unknown>> {
  const { app, logIn } = await startHost(t, { options })
  const response = await app.inject({ url: '/sso/metabase?response=json', cookies: await logIn(user as AppUser) })
  const { jwt, ...rest } = response.json()
  if (jwt === undefined) return rest
  const { iat, exp, ...claims } = payloadOf(jwt)
  return claims
}

/** As `claimsFor`, of a mapper that returns this. */
export const claimsOf = async (t: Test, result: object, options: Options = {}): Promise<Record<string, unknown>> =>
  await claimsFor(t, { email: 'ann@example.com' }, { ...options, mapUserToClaims: () => result as never })
