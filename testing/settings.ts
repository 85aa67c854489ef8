import type { MetabaseSettings } from './types.js'

/** An instance on which everything works. */
export function defaultSettings (): MetabaseSettings {
  return {
    edition: 'enterprise',
    licensed: true,
    jwtSso: true,
    saml: false,
    sdkEmbedding: true,
    simpleEmbedding: true,
    guestEmbedding: true,
    userProvisioning: true,
    refuseFutureIat: true,
    tenants: false,
    corsOrigins: [],
    claimNames: {
      email: 'email',
      firstName: 'first_name',
      lastName: 'last_name',
      groups: 'groups',
      tenant: '@tenant'
    },
    olderAnswers: false,
    postAnswer: 'json',
    toSessionAnswer: 'full'
  }
}
