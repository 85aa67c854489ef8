import session from '@fastify/session'
import Fastify, { type FastifyRequest } from 'fastify'
import { expectAssignable, expectError, expectType } from 'tsd'
import { Agent } from 'undici'
import defaultExport, {
  errorCodes, metabaseSso, MetabaseSsoError,
  type CheckId, type ClaimNames, type Claims, type DiagnosisReport, type FailureBody, type GuestItem,
  type GuestOnlyOptions, type GuestParams,
  type LogoutReport, type MetabaseSession, type MetabaseSso, type MetabaseSsoErrorCode, type MetabaseSsoOptions,
  type SessionUser
} from 'fastify-metabase-sso'
import { startMetabase, type MetabaseStandIn } from 'fastify-metabase-sso/testing'

declare module 'fastify' {
  interface Session {
    user?: { email: string, team: string }
  }
}

const app = Fastify()
app.register(session, { secret: 'x'.repeat(32) })
expectType<typeof defaultExport>(metabaseSso)

const required = { secret: 'x', instanceUrl: 'https://metabase.example.com' }

// The user type: from the session, from getUser (sync or async, null or not), or from the mapper's annotation.
expectType<{ email: string, team: string }>({} as SessionUser)
app.register(metabaseSso, {
  ...required,
  mapUserToClaims: (user, request) => {
    expectType<{ email: string, team: string }>(user)
    expectAssignable<FastifyRequest | undefined>(request)
    return { email: user.email, groups: [user.team] }
  }
})
app.register(metabaseSso, {
  ...required,
  getUser: request => {
    expectAssignable<FastifyRequest>(request)
    return { mail: request.url }
  },
  mapUserToClaims: user => {
    expectType<{ mail: string }>(user)
    return { email: user.mail }
  }
})
app.register(metabaseSso, {
  ...required,
  getUser: async request => request.url === '/' ? null : { mail: request.url },
  mapUserToClaims: async user => {
    expectType<{ mail: string }>(user)
    return { email: user.mail }
  }
})
app.register(metabaseSso, { ...required, mapUserToClaims: (user: { mail: string }) => ({ email: user.mail }) })
expectError(app.register(
  metabaseSso, { ...required, getUser: () => ({ mail: 'x' }), mapUserToClaims: user => ({ email: user.email }) }
))

// Each option, in each of its forms.
app.register(metabaseSso, { ...required, secret: Buffer.from('x') })
app.register(metabaseSso, { ...required, secret: process.env.SECRET })
app.register(metabaseSso, { ...required, secret: () => 'x' })
app.register(metabaseSso, { ...required, secret: async () => Buffer.from('x') })
app.register(metabaseSso, { ...required, instanceUrl: new URL('https://metabase.example.com') })
app.register(metabaseSso, { ...required, origin: false })
app.register(metabaseSso, { ...required, origin: 'https://app.example.com' })
app.register(metabaseSso, { ...required, origin: [/x/, 'https://app.example.com'] as const })
app.register(
  metabaseSso, { ...required, path: '/x', tokenLifetime: 60, timeout: 100, namespace: 'eu', dispatcher: new Agent() }
)
app.register(metabaseSso, { ...required, loginUrl: '/login' })
app.register(metabaseSso, { ...required, verify: false })
app.register(metabaseSso, { ...required, verify: 'warn' })
expectError(app.register(metabaseSso, { ...required, verify: true }))
app.register(metabaseSso, { ...required, loginUrl: request => `/login?from=${request.ip}` })
app.register(
  metabaseSso, { ...required, prefix: '/x', logLevel: 'warn', logSerializers: { metabaseUser: email => email } }
)
app.register(metabaseSso, () => required)

app.register(metabaseSso, { ...required, secret: ['x', Buffer.from('y')] as const, requireTenant: true, logout: true })
app.register(metabaseSso, { ...required, secret: async () => ['x', 'y'], logout: { path: '/logout' } })
app.register(metabaseSso, { ...required, origin: (origin, request) => origin === request.hostname })
app.register(metabaseSso, { ...required, origin: async () => true })
app.register(metabaseSso, {
  ...required,
  authorize: (user, request) => {
    expectType<{ email: string, team: string }>(user)
    expectAssignable<FastifyRequest | undefined>(request)
    return user.team === 'sales'
  }
})
app.register(metabaseSso, { ...required, getUser: () => ({ mail: 'x' }), authorize: async user => user.mail !== '' })

app.register(metabaseSso, { ...required, publicUrl: 'https://bi.example.com' })
app.register(metabaseSso, { ...required, publicUrl: new URL('https://bi.example.com') })
app.register(metabaseSso, { ...required, publicUrl: undefined, claimNames: undefined, allowAdministrators: undefined })
app.register(metabaseSso, { ...required, claimNames: { email: 'mail', tenant: '@org', tenantAttributes: undefined } })
expectAssignable<ClaimNames>({ first_name: 'given', last_name: 'family', groups: 'roles' })
app.register(metabaseSso, { ...required, allowAdministrators: true })
app.register(metabaseSso, {
  ...required,
  allowAdministrators: async (user, request) => {
    expectType<{ email: string, team: string }>(user)
    expectAssignable<FastifyRequest | undefined>(request)
    return user.team === 'staff'
  }
})
app.register(metabaseSso, {
  ...required,
  mapUserToClaims: ({ email }) => ({ email, first_name: null, last_name: null, plan: null, plans: ['a', 5, true] })
})

// Guest embeds alone: without the key `secret`, and without the options of sign-ins.
const guestAlone = { instanceUrl: 'https://metabase.example.com', guest: { secret: 'x', authorize: () => ({}) } }
app.register(metabaseSso, guestAlone)
app.register(metabaseSso, { ...guestAlone, publicUrl: 'https://bi.example.com', origin: 'https://app.example.com' })
app.register(metabaseSso, {
  instanceUrl: 'https://metabase.example.com',
  getUser: () => ({ mail: 'x' }),
  guest: {
    secret: 'x',
    public: true,
    authorize: user => {
      expectType<{ mail: string } | null>(user)
      return {}
    }
  }
})
expectAssignable<GuestOnlyOptions>(guestAlone)
expectError<GuestOnlyOptions>({ instanceUrl: 'https://metabase.example.com' })
expectError<GuestOnlyOptions>({ ...guestAlone, secret: 'x' })
expectError(app.register(metabaseSso, { ...guestAlone, logout: true }))
expectError(app.register(metabaseSso, { ...guestAlone, mapUserToClaims: () => ({ email: 'x' }) }))

// Guests: authorize is given the user, or null for a visitor where guests are public.
app.register(metabaseSso, {
  ...required,
  getUser: async () => ({ mail: 'x', admin: true }),
  guest: {
    secret: process.env.EMBEDDING_SECRET,
    authorize: async (user, item, request) => {
      expectType<{ mail: string, admin: boolean }>(user)
      expectType<GuestItem>(item)
      expectAssignable<FastifyRequest>(request)
      return user.admin && { owner: [user.mail] }
    }
  }
})
app.register(metabaseSso, {
  ...required,
  getUser: () => ({ mail: 'x' }),
  guest: {
    secret: () => 'x',
    public: true,
    path: '/guest',
    tokenLifetime: 60,
    authorize: user => {
      expectType<{ mail: string } | null>(user)
      return user === null ? null : {}
    }
  }
})
app.register(metabaseSso, { ...required, guest: { secret: 'x', authorize: () => false } })
expectError(app.register(metabaseSso, { ...required, guest: { secret: 'x' } }))
expectError(app.register(metabaseSso, { ...required, guest: { secret: 'x', authorize: () => true } }))
expectError(
  app.register(metabaseSso, { ...required, guest: { secret: 'x', authorize: () => ({ region: { is: 'north' } }) } })
)
expectError(app.register(
  metabaseSso,
  { ...required, guest: { secret: 'x', public: true, authorize: (user: { email: string }) => ({ owner: user.email }) } }
))
expectError(app.register(metabaseSso, { ...required, guest: { secret: 'x', authorise: () => ({}) } }))
app.register(metabaseSso, { ...required, connections: 10, queue: 100, cache: true })
expectError(app.register(metabaseSso, { ...required, connections: '10' }))
expectError(app.register(metabaseSso, { ...required, cache: 'memory' }))
expectError(app.register(metabaseSso, { ...required, authorize: () => 'yes' }))
expectError(app.register(metabaseSso, { ...required, previousSecret: 'x' }))
expectError(app.register(metabaseSso, { ...required, secret: ['x', undefined] }))
expectError(app.register(metabaseSso, { ...required, origin: () => 'https://app.example.com' }))
expectError(app.register(metabaseSso, { ...required, guest: { secret: ['x'], authorize: () => ({}) } }))
expectError(app.register(metabaseSso, { ...required, logout: '/logout' }))
expectAssignable<GuestParams>({ region: ['north'], year: 2024, isOpen: true, between: [1, null] })
expectAssignable<MetabaseSsoOptions<{ mail: string }, true>>(
  { ...required, guest: { secret: 'x', public: true, authorize: () => null } }
)

expectError(app.register(metabaseSso))
expectError(app.register(metabaseSso, {}))
expectError(app.register(metabaseSso, { secret: 'x' }))
expectError(app.register(metabaseSso, { ...required, secret: 5 }))
expectError(app.register(metabaseSso, { ...required, secret: () => 5 }))
expectError(app.register(metabaseSso, { ...required, instanceUrl: 5 }))
expectError(app.register(metabaseSso, { ...required, origin: true }))
expectError(app.register(metabaseSso, { ...required, origin: 5 }))
expectError(app.register(metabaseSso, { ...required, mapUserToClaims: 'email' }))
expectError(app.register(metabaseSso, { ...required, mapUserToClaims: () => 'ann' }))
expectError(app.register(metabaseSso, { ...required, mapUserToClaims: () => ({ email: 5 }) }))
expectError(app.register(metabaseSso, { ...required, mapUserToClaims: () => ({ email: 'x', groups: 'sales' }) }))
expectError(
  app.register(metabaseSso, { ...required, mapUserToClaims: () => ({ email: 'x', plans: [{ name: 'pro' }] }) })
)
expectError(app.register(metabaseSso, { ...required, mapUserToClaims: () => ({ email: 'x', groups: null }) }))
expectError(app.register(metabaseSso, { ...required, mapUserToClaims: () => ({ email: 'x', '@tenant': null }) }))
expectError(app.register(metabaseSso, { ...required, mapUserToClaims: () => ({ email: null }) }))
expectError(app.register(metabaseSso, { ...required, publicUrl: 5 }))
expectError(app.register(metabaseSso, { ...required, allowAdministrators: 'yes' }))
expectError(app.register(metabaseSso, { ...required, allowAdministrators: () => 'yes' }))
expectError(app.register(metabaseSso, { ...required, claimNames: { e_mail: 'mail' } }))
expectError(app.register(metabaseSso, { ...required, claimNames: { email: 5 } }))
app.register(metabaseSso, { ...required, store: new Map<string, string>(), sessionId: request => request.id })
expectError(app.register(metabaseSso, { ...required, store: { get: () => '', set: () => {} }, sessionId: () => '' }))
expectError(app.register(metabaseSso, { ...required, store: new Map<string, string>(), sessionId: async () => '' }))
expectError(app.register(metabaseSso, { ...required, getUser: 'x' }))
expectError(app.register(metabaseSso, { ...required, path: 5 }))
expectError(app.register(metabaseSso, { ...required, tokenLifetime: '600' }))
expectError(app.register(metabaseSso, { ...required, timeout: '5s' }))
expectError(app.register(metabaseSso, { ...required, loginUrl: () => 5 }))
expectError(app.register(metabaseSso, { ...required, namespace: 5 }))
expectError(app.register(metabaseSso, { ...required, dispatcher: {} }))
expectError(app.register(metabaseSso, { ...required, orgin: 'https://app.example.com' }))

// A named type for options that are put together elsewhere.
expectAssignable<MetabaseSsoOptions<{ mail: string }>>(
  { ...required, mapUserToClaims: (user: { mail: string }) => ({ email: user.mail }) }
)

// The decorator.
const user = { email: 'x', team: 'y' }
app.get('/x', async request => {
  expectType<string>(await app.metabaseSso.sign(user))
  expectType<string>(await request.server.metabaseSso.sign(user, request))
  expectType<MetabaseSession>(await app.metabaseSso.exchange(user))
  expectType<'ok'>((await app.metabaseSso.exchange(user)).status)
  expectType<URL>(await app.metabaseSso.ssoUrl(user, { returnTo: '/dashboard/1' }, request))
  expectType<void>(await app.metabaseSso.revoke('id'))
  expectType<LogoutReport>(await app.metabaseSso.revoke(request))
  const report = await app.metabaseSso.diagnose()
  expectType<DiagnosisReport>(report)
  expectType<'pass' | 'warn' | 'fail' | 'skip' | undefined>(report.checks[0]?.status)
  expectType<CheckId | undefined>(report.checks[0]?.id)
  await app.metabaseSso.diagnose({ origin: 'https://app.example.com', user: { email: 'x', team: 'y' } })
  await app.metabaseSso.diagnose({ origin: ['https://app.example.com'] })
  expectType<string>(await app.metabaseSso.signGuest({ resource: { dashboard: 1 } }))
  expectType<URL>(await app.metabaseSso.guestEmbedUrl(
    { resource: { question: 'x' }, params: { a: 1 } }, { bordered: true, theme: 'night', hide_parameters: ['a'] }
  ))
})
expectError(app.metabaseSso.sign({ mail: 'x' }))
expectError(app.metabaseSso.ssoUrl(user, { return_to: '/' }))
expectError(app.metabaseSso.signGuest({ resource: { card: 1 } }))
expectError(app.metabaseSso.signGuest({ resource: { dashboard: 1 }, params: { a: null } }))
expectError(app.metabaseSso.revoke(5))
expectAssignable<MetabaseSso>(app.metabaseSso)

// Errors.
const error = new errorCodes.METABASE_SSO_TIMEOUT('100 ms', { cause: new Error('x') })
expectError(new errorCodes.METABASE_SSO_TIMEOUT())
expectError(new errorCodes.METABASE_SSO_TIMEOUT(100))
expectError(new errorCodes.METABASE_SSO_NOT_AUTHORIZED('x'))
expectAssignable<MetabaseSsoError>(error)
expectType<MetabaseSsoErrorCode>(error.code)
expectType<number>(error.statusCode)
expectType<string>(error.hint)
expectAssignable<MetabaseSsoErrorCode>('METABASE_SSO_NOT_AUTHENTICATED')
expectAssignable<MetabaseSsoErrorCode>('METABASE_SSO_OPTION_OFF')
expectError<MetabaseSsoErrorCode>('METABASE_SSO_NO_SUCH_CODE')
expectAssignable<FailureBody>({ status: 'error', message: 'not authenticated', error: 'x', code: 'y' })
expectAssignable<Claims>({ email: 'x', '@tenant': 5, '@tenant.attributes': { tier: 1 }, plan: 'pro' })
expectAssignable<Claims>({ email: 'x', first_name: null, last_name: null, plan: null, plans: ['a', 'b'], aud: ['x'] })
expectError<Claims>({ email: 'x', groups: null })
expectError<Claims>({ email: 'x', groups: [5] })
expectError<Claims>({ email: 'x', '@tenant': null })
expectError<Claims>({ email: 'x', '@tenant.attributes': null })
expectError<Claims>({ email: 'x', plans: [null] })

// The stand-in.
expectType<Promise<MetabaseStandIn>>(startMetabase({ secret: 'x' }))
expectError(startMetabase({ secret: 'x', version: 'v60' }))
