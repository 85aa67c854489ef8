import type { Secret } from '../options/secret.js'
import { found, pass, skip, type Checks, type Run, type Verdict } from './run.js'

/** The key without what was pasted along. */
const variants = {
  'white-space': (key: string) => key.trim(),
  quotes: (key: string) => /^(["'`])(.*)\1$/s.exec(key.trim())?.[2] ?? key
} as const

/** Finds what is wrong with the form of a key, if it is right without. */
async function formProblem (
  keys: readonly Secret[], verdict: (key: Secret) => Promise<Verdict | 'off'>
): Promise<keyof typeof variants | undefined> {
  for (const key of keys.map(String)) {
    for (const [name, clean] of Object.entries(variants) as Array<[keyof typeof variants, (key: string) => string]>) {
      if (clean(key) !== key && await verdict(clean(key)) === 'right') return name
    }
  }
  return undefined
}

/** Tells whether one of the keys has another purpose. A failure to find out is no cause of its own. */
async function isRightFor (keys: readonly Secret[], verdict: (key: Secret) => Promise<unknown>): Promise<boolean> {
  for (const key of keys) if (await verdict(key).catch(() => undefined) === 'right') return true
  return false
}

const allOf = async (keys: Run['keys']): Promise<readonly Secret[]> => await keys?.all() ?? []

/** Age at which Metabase refuses a JWT, and seconds that have to be left of it. */
const MAX_AGE = 180
const ENOUGH_LEFT = 120

/** Checks of the two keys and of the clocks. */
export const secretChecks: Checks<'secret' | 'clock' | 'guest-embedding' | 'guest-secret'> = {
  async secret (run) {
    const keys = await allOf(run.keys)
    if (keys.length === 0) return skip('no secret is given')
    const verdicts: Verdict[] = []
    for (const key of keys) {
      const verdict = await run.verdict(key)
      verdicts.push(verdict)
      if (verdict === 'right') break
    }
    const position = verdicts.indexOf('right')
    if (position >= 0) return position === 0 ? pass() : found('not-first', `key ${position + 1} is the one`)
    if (verdicts.includes('unclear')) return found('hidden')
    const guestKeys = await allOf(run.guestKeys)
    const isMixedUp = await isRightFor(guestKeys, run.verdict) || await isRightFor(keys, run.guestVerdict)
    if (isMixedUp) return found('embedding-key')
    return found(await formProblem(keys, run.verdict) ?? 'wrong')
  },

  async clock (run) {
    let code: string | undefined
    for (const key of await allOf(run.keys)) {
      // Fresh, and without an e-mail, for which Metabase refuses it once it has found the times right.
      code = (await run.offer(run.tokens.issue({ payload: {} }, key).jwt)).code
      if (code !== 'METABASE_SSO_SECRET_REFUSED') break
    }
    const ahead = await run.secondsAhead()
    const left = MAX_AGE - Math.max(0, ahead ?? 0)
    const detail = ahead === undefined
      ? 'no response of Metabase tells its time'
      : `Metabase is ${Math.abs(ahead)} s ${ahead < 0 ? 'behind' : 'ahead'}; ${Math.max(0, left)} of ${MAX_AGE} s left`
    if (code === 'METABASE_SSO_TOKEN_TOO_OLD') return found('old', detail)
    if (code === 'METABASE_SSO_TOKEN_EXPIRED') return found('expired', detail)
    if (ahead === undefined) {
      // A JWT that lacks nothing but the e-mail is in time, and a sign-in can follow.
      return code === 'METABASE_SSO_EMAIL_CLAIM_UNKNOWN' ? pass(`${detail}; it finds a fresh JWT in time`) : skip(detail)
    }
    return left < ENOUGH_LEFT || ahead < -ENOUGH_LEFT ? found('drift', detail) : pass(detail)
  },

  async 'guest-embedding' (run) {
    const [verdict] = await Promise.all((await allOf(run.guestKeys)).map(run.guestVerdict))
    return verdict === 'off' ? found('off') : pass()
  },

  async 'guest-secret' (run) {
    const keys = await allOf(run.guestKeys)
    for (const key of keys) if (await run.guestVerdict(key) === 'right') return pass()
    if (await isRightFor(keys, run.verdict)) return found('signing-key')
    return found(await formProblem(keys, run.guestVerdict) ?? 'wrong')
  }
}
