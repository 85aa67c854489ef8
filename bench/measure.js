import { setTimeout } from 'node:timers/promises'
import { checkAnswer } from './check.js'
import { logIn } from './log-in.js'
import { OTHERS, SERVER, withChildren } from './processes/child.js'

/** Of a full run; a quick one shows that everything works, and no more. */
export const ROUNDS = 5

/** Each with processes of its own: what is measured is worth something when they agree. */
export const RUNS = 3

/** Warm-up ends when two rounds differ by less than this fraction, or after so many: V8 has compiled what it will. */
const AGREEMENT = 0.05
const MAX_WARM_UP = 6

/**
 * @param {import('./workloads.js').Workload} workload
 * @param {{ quick?: boolean }} [options]
 * @returns {Promise<{ rounds: Record<string, object[]>, memory: Record<string, number> }>} by contender: what each
 * round measured, and MiB in the end
 */
export async function measure (workload, { quick = false } = {}) {
  const { path, delay = 0, contenders, newUsers, pluginOptions } = workload
  const count = quick ? 1 : ROUNDS
  const load = quick ? shorten(workload.load) : workload.load

  return await withChildren(async start => {
    const generator = start('load.js', OTHERS)
    const metabase = start('upstream.js', OTHERS)
    const instanceUrl = await metabase.ask('start', { delay })
    const stands = []
    for (const contender of contenders) {
      const server = start('server.js', SERVER)
      const origin = await server.ask('start', { contender, instanceUrl, pluginOptions })
      stands.push({ contender, server, origin, cookies: await logIn(origin, load.connections) })
    }

    const check = async () => {
      for (const { contender, origin, cookies: [cookie] } of stands) await checkAnswer(contender, origin + path, cookie)
    }
    const round = async (stand, load) => {
      const { server, origin } = stand
      if (newUsers) stand.cookies = await logIn(origin, load.connections)
      await setTimeout(200) // what was under way when the last round ended is not of this one
      await metabase.ask('exchanges')
      await server.ask('begin')
      const { requests, failures, perSecond, p99 } = await generator.ask(
        'run', { url: origin + path, cookies: stand.cookies, ...load }
      )
      if (failures > 0) throw new Error(`${failures} requests to ${stand.contender} failed`)
      const { user, system } = await server.ask('end')
      const cpu = { cpu: (user + system) / requests, user: user / requests, system: system / requests }
      return { ...cpu, perSecond, p99, exchanges: await metabase.ask('exchanges') }
    }

    await check()
    for (const stand of stands) await warmUp(() => round(stand, load), quick ? 1 : MAX_WARM_UP)
    const rounds = Object.fromEntries(contenders.map(contender => [contender, []]))
    for (let number = 0; number < count; number++) {
      // Back and forth, so that no contender is always first.
      for (const stand of number % 2 === 0 ? stands : stands.toReversed()) {
        rounds[stand.contender].push(
          await round(stand, load)
        )
      }
    }
    await check()
    const memory = {}
    for (const { contender, server } of stands) memory[contender] = (await server.ask('memory')).rss
    return { rounds, memory }
  })
}

async function warmUp (round, most) {
  let { user: before } = await round()
  for (let number = 1; number < most; number++) {
    const { user } = await round()
    if (Math.abs(user / before - 1) <= AGREEMENT) return
    before = user
  }
}

/** The load of a quick run. */
export const shorten = ({ connections }) => ({ connections, amount: 20 * connections })
