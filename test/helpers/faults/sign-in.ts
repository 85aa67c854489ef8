import type { Test } from 'tap'
import { createClaimsCheck } from '../../../lib/claims.js'
import type { DiagnosisRequest } from '../../../lib/diagnosis/report.js'
import type { MetabaseUser } from '../../../testing/index.js'
import { setUp, type Fault, type Setup } from '../diagnosis.js'
import { frontProxy, type Passing } from '../front-proxy.js'
import { syncGroups } from '../groups.js'
import { ANN } from '../host.js'

/** A sign-in through a proxy, all of which do as they should. */
export interface SignInSetup extends Setup {
  claims: Readonly<Record<string, unknown>>
  /** What the proxy does to responses. */
  change: (passing: Passing) => unknown
}

export const CLAIMS = { email: ANN.email, first_name: 'Ann', groups: ['sales', 'staff'], plan: 'pro', seats: 5 }

/** Prepares a Metabase in which the groups of the claims exist. */
export async function setUpSignIn (t: Test, version?: Fault['version']): Promise<SignInSetup> {
  const setup: SignInSetup = { ...await setUp(t, version), claims: CLAIMS, change () {} }
  syncGroups(setup.metabase, 'sales', 'staff')
  setup.settings.instanceUrl = await frontProxy(t, setup.metabase.url, async passing => await setup.change(passing))
  setup.metabase.settings.siteUrl = setup.settings.instanceUrl
  return setup
}

/** Makes the request for a sign-in, as the setup is when the claims are asked for. */
export const signInAs = (setup: SignInSetup): DiagnosisRequest =>
  ({ claims: () => createClaimsCheck(setup.settings.claimNames ?? {})(setup.claims) })

export const userOf = ({ metabase }: SignInSetup): MetabaseUser => {
  const user = metabase.users.get(ANN.email)
  if (user === undefined) throw new Error('the account is not there yet')
  return user
}

function letPass (setup: SignInSetup): void {
  setup.change = () => {}
}

/** Lets responses pass again, when the session that was left has ended by itself. */
function letPassLater (setup: SignInSetup): void {
  letPass(setup)
  setup.metabase.sessions.clear()
}

const isAccount = ({ method, path }: Passing): boolean => method === 'GET' && path === '/api/user/current'

/** Has Metabase hang at some requests, until what is under way then has had its time. */
function hangAt (setup: SignInSetup, t: Test, isDue: (passing: Passing) => boolean): void {
  const { timeout } = AbortSignal
  t.teardown(() => Object.assign(AbortSignal, { timeout }))
  const limits: AbortController[] = []
  AbortSignal.timeout = () => {
    const limit = new AbortController()
    limits.push(limit)
    return limit.signal
  }
  setup.change = async passing => {
    if (!isDue(passing)) return
    for (const limit of limits) limit.abort()
    await new Promise(() => {})
  }
}

/** What is wrong about the account, which an earlier sign-in has made, and about the calls of a sign-in. */
export const signInFaults: Record<string, Fault<SignInSetup>> = {
  'a Metabase that hangs when a user signs in': {
    check: 'account',
    problem: 'unanswered',
    seed: (setup, t) => hangAt(setup, t, ({ method, status }) => method === 'POST' && status === 200),
    mend: letPassLater
  },
  'a proxy that cuts the sign-in': {
    check: 'account',
    problem: 'unanswered',
    seed (setup) {
      setup.change = ({ method, status }) => {
        if (method === 'POST' && status === 200) throw new Error('the connection is cut')
      }
    },
    mend: letPassLater
  },
  'a proxy that gives a sign-in up': {
    check: 'account',
    problem: 'unanswered',
    seed (setup) {
      setup.change = passing => {
        if (passing.method === 'POST' && passing.status === 200) Object.assign(passing, { status: 504, body: '' })
      }
    },
    mend: letPassLater
  },
  'a Metabase that hangs when it is asked for the account': {
    check: 'account',
    problem: 'unread',
    seed: (setup, t) => hangAt(setup, t, isAccount),
    mend: letPass
  },
  'a proxy that refuses to tell of the account': {
    check: 'account',
    problem: 'unread',
    seed (setup) { setup.change = passing => { if (isAccount(passing)) passing.status = 403 } },
    mend: letPass
  },
  'a proxy that cuts the call about the account': {
    check: 'account',
    problem: 'unread',
    seed (setup) {
      setup.change = passing => { if (isAccount(passing)) throw new Error('the connection is cut') }
    },
    mend: letPass
  },
  'a proxy that refuses to end the session': {
    check: 'account',
    problem: 'not-ended',
    seed (setup) { setup.change = passing => { if (passing.method === 'DELETE') passing.status = 403 } },
    mend: letPassLater
  },
  'an administrator': {
    check: 'account',
    problem: 'administrator',
    seed: setup => userOf(setup).groups.push('Administrators'),
    mend (setup) {
      const user = userOf(setup)
      user.groups = user.groups.filter(name => name !== 'Administrators')
    }
  },
  'group sync off': {
    check: 'groups',
    problem: 'fewer',
    seed ({ metabase }) {
      metabase.settings.groupSync = false
      metabase.users.clear()
    },
    mend: ({ metabase }) => { metabase.settings.groupSync = true }
  },
  'a group that is not mapped': {
    check: 'groups',
    problem: 'fewer',
    seed: ({ metabase }) => metabase.settings.groupMappings.delete('staff') && metabase.users.clear(),
    mend: ({ metabase }) => metabase.settings.groupMappings.set('staff', ['staff'])
  },
  'an attribute that was set by hand': {
    check: 'attributes',
    problem: 'overridden',
    seed: setup => { userOf(setup).loginAttributes = { plan: 'free' } },
    mend: setup => { userOf(setup).loginAttributes = {} }
  },
  'a renamed first name': {
    check: 'attributes',
    problem: 'renamed',
    seed ({ metabase }) {
      metabase.settings.claimNames.firstName = 'given'
      metabase.users.clear()
    },
    mend: ({ settings }) => { settings.claimNames = { first_name: 'given' } }
  },
  'an attribute that Metabase takes for the last name': {
    check: 'attributes',
    problem: 'dropped',
    seed: ({ metabase }) => { metabase.settings.claimNames.lastName = 'plan' },
    mend (setup) {
      const { plan, ...others } = setup.claims
      setup.claims = { ...others, tier: plan }
    }
  }
}
