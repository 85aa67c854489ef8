// Whose work a request is: CPU profiles of the plugin and of the floor that it stands on, side by side.
import { logIn } from './log-in.js'
import { shorten } from './measure.js'
import { OTHERS, SERVER, withChildren } from './processes/child.js'
import { table } from './results.js'

/** Before the profile, so that V8 has compiled what it will. */
const WARM_UPS = 2

/** Microseconds of a request: what costs less in both is summed up in one row. */
const NOTICEABLE = 0.5

/**
 * @param {import('./workloads.js').Workload} workload
 * @param {{ quick?: boolean }} [options]
 * @returns {Promise<Record<string, Record<string, number>>>} by contender: microseconds of a request by owner
 */
export async function profile ({ path, delay = 0, contenders, load, pluginOptions }, { quick = false } = {}) {
  const { amount } = quick ? shorten(load) : load
  const profiles = {}
  for (const contender of contenders.slice(0, 2)) {
    profiles[contender] = await withChildren(async start => {
      const generator = start('load.js', OTHERS)
      const metabase = start('upstream.js', OTHERS)
      const instanceUrl = await metabase.ask('start', { delay })
      const server = start('server.js', SERVER)
      const origin = await server.ask('start', { contender, instanceUrl, pluginOptions })
      const cookies = await logIn(origin, load.connections)
      const round = async () => await generator.ask('run', { url: origin + path, cookies, amount })
      for (let number = 0; number < WARM_UPS; number++) await round()
      await server.ask('beginProfile')
      const { requests } = await round()
      const owners = await server.ask('endProfile')
      return Object.fromEntries(Object.entries(owners).map(([owner, microseconds]) => [owner, microseconds / requests]))
    })
  }
  return profiles
}

/** A table of owners, those that cost the plugin most beyond the floor first. */
export function reportProfile ({ heading, contenders: [plugin, floor] }, profiles) {
  const all = new Set([...Object.keys(profiles[plugin]), ...Object.keys(profiles[floor])])
  const rows = [...all].map(owner => [owner, profiles[plugin][owner] ?? 0, profiles[floor][owner] ?? 0])
  const isNoticeable = ([, own, floors]) => Math.max(own, floors) >= NOTICEABLE
  const sum = rows => rows.reduce(([own, floors], row) => [own + row[1], floors + row[2]], [0, 0])
  const listed = rows.filter(isNoticeable).sort(([, a, b], [, c, d]) => (c - d) - (a - b))
  listed.push(['the rest', ...sum(rows.filter(row => !isNoticeable(row)))], ['together', ...sum(rows)])
  return [
    `## ${heading}`,
    table(['Owner', `${plugin}, µs/request`, `${floor}, µs/request`, 'difference'], listed.map(([owner, own, floors]) =>
      [owner, own.toFixed(1), floors.toFixed(1), (own - floors).toFixed(1)]))
  ].join('\n\n')
}
