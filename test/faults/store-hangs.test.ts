import t from 'tap'
import { outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import { logOut, TextStore } from '../helpers/logout.js'
import { holdTimers } from '../helpers/standing-clock.js'

const TIMEOUT = 4321

type Call = 'get' | 'set'
/** @param giveUp lets the time pass that the plugin waits */
type Fault = (callback: (error: Error) => void, giveUp: () => void) => void

/** Has a fault in calls for our records alone, so that the host goes on working. */
class FaultyStore extends TextStore {
  fault: ((callback: (error: Error) => void) => void) | undefined
  calls: readonly Call[] = []

  #meets (call: Call, id: string, callback: (error: Error) => void): boolean {
    if (this.fault === undefined || !this.calls.includes(call) || !id.startsWith('metabase-')) return false
    this.fault(callback)
    return true
  }

  override get (...[id, callback]: Parameters<TextStore['get']>): void {
    if (!this.#meets('get', id, callback)) super.get(id, callback)
  }

  override set (...[id, record, callback]: Parameters<TextStore['set']>): void {
    if (!this.#meets('set', id, callback)) super.set(id, record, callback)
  }
}

const faults: Record<string, Fault> = {
  'answers with an error': callback => callback(new Error('store is down')),
  throws: () => { throw new Error('store is down') },
  'never answers': (_callback, giveUp) => giveUp()
}

for (const [name, fault] of Object.entries(faults)) {
  t.test(`a store that ${name} keeps nobody from signing in, whatever it is used for`, { timeout: 15_000 }, async t => {
    // The time of a call that hangs is over at once, and no other time: no exchange is under way then.
    const timers = holdTimers(t, TIMEOUT)
    const giveUp = () => { setImmediate(timers.run, TIMEOUT) }
    for (const options of [{ cache: true }, { logout: true }, { cache: true, logout: true }]) {
      for (const calls of [['get'], ['set'], ['get', 'set']] as const) {
        const what = `${Object.keys(options).join(' and ')}, in ${calls.join(' and ')}`
        const store = new FaultyStore()
        const { app, logs, logIn } = await startHost(
          t, { session: { store }, options: { ...options, timeout: TIMEOUT } }
        )
        const cookies = await logIn()
        Object.assign(store, { calls, fault: (callback: (error: Error) => void) => fault(callback, giveUp) })
        t.strictSame(outcome(await app.inject({ url: '/sso/metabase', cookies })), ['ok', 200], what)

        const warnings = logs.filter(({ err }) => err !== undefined)
        t.ok(warnings.length > 0, what)
        for (const warning of warnings) {
          t.match(warning, {
            level: 40,
            msg: /could not be (kept or found for reuse|remembered)/,
            err: {
              code: 'METABASE_SSO_SESSION_STORE_FAILED',
              message: name === 'never answers' ? /no answer in 4321 ms/ : /store is down/
            }
          }, what)
        }
        for (const [option, words] of [['cache', /for reuse/], ['logout', /remembered/]] as const) {
          // What a logout could not end is not kept for reuse either, and one warning says so.
          const isWarned = option === 'logout' || !('logout' in options) || calls[0] === 'get'
          if (option in options && isWarned) t.ok(warnings.some(({ msg }) => words.test(msg)), `${what}: ${option}`)
        }

        store.fault = undefined
        t.strictSame(outcome(await app.inject({ url: '/sso/metabase', cookies })), ['ok', 200], `${what}: afterwards`)
        if ('logout' in options) t.match((await logOut(app, cookies)).json(), { remaining: 0 })
      }
    }
  })
}
