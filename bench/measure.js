import { checkAnswer } from './check.js'
import { startChild } from './processes/child.js'

/** The host app has the first core for itself, the load generator and Metabase share the other. */
const [SERVER, OTHERS] = [0, 1]

/** Of a full run; a quick one shows that everything works, and no more. */
export const ROUNDS = 15

/** Until then V8 has not compiled what it will. */
const WARM_UP_SECONDS = 6

let lastUser = 1000

/**
 * @param {import('./workloads.js').Workload} workload
 * @param {{ quick?: boolean }} [options]
 * @returns {Promise<{ rounds: Record<string, object[]>, memory: Record<string, number> }>} by contender: what each round measured, and MiB in the end
 */
export async function measure (workload, { quick = false } = {}) {
  const { path, delay = 0, contenders, newUsers, pluginOptions } = workload
  const load = quick ? shorten(workload.load) : workload.load
  const children = []
  const start = (script, core) => {
    const child = startChild(script, core)
    children.push(child)
    return child
  }

  try {
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
      await metabase.ask('exchanges')
      await server.ask('begin')
      const { requests, perSecond, p99 } = await generator.ask('run', { url: origin + path, cookies: stand.cookies, ...load })
      return { cpu: await server.ask('end') / requests, perSecond, p99, exchanges: await metabase.ask('exchanges') }
    }

    await check()
    for (const stand of stands) await round(stand, quick ? load : { connections: load.connections, seconds: WARM_UP_SECONDS })
    const rounds = Object.fromEntries(contenders.map(contender => [contender, []]))
    for (let count = 0; count < (quick ? 1 : ROUNDS); count++) {
      // There and back again, so that whoever comes first is not always the same.
      for (const stand of count % 2 === 0 ? stands : stands.toReversed()) rounds[stand.contender].push(await round(stand, load))
    }
    await check()
    const memory = {}
    for (const { contender, server } of stands) memory[contender] = await server.ask('memory')
    return { rounds, memory }
  } finally {
    await Promise.all(children.map(child => child.close()))
  }
}

const shorten = ({ connections, amount }) => amount === undefined ? { connections, seconds: 0.3 } : { connections, amount }

/** @returns {Promise<string[]>} a cookie for each of so many users, whom nobody has seen before */
async function logIn (origin, count) {
  const cookies = []
  for (let user = 0; user < count; user++) {
    lastUser = lastUser === 9999 ? 1000 : lastUser + 1
    const response = await fetch(`${origin}/login?user=${lastUser}`)
    cookies.push(response.headers.getSetCookie()[0].split(';')[0])
  }
  return cookies
}
