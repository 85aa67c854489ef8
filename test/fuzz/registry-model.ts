import fc from 'fast-check'
import { parentPort, workerData } from 'node:worker_threads'
import { World } from './registry-world.js'

type Command = fc.AsyncCommand<object, World>

/** A command that names itself in a counterexample. */
const command =
  <T>(name: string, args: fc.Arbitrary<T>, run: (world: World, args: T) => unknown): fc.Arbitrary<Command> =>
    args.map(args => ({
      check: () => true,
      async run (_model, world) { await run(world, args) },
      toString: () => `${name} ${JSON.stringify(args)}`
    }))

const session = fc.nat(5)
const process = fc.nat(1)
const by = fc.constantFrom('provide' as const, 'exchange' as const)
const email = fc.constantFrom('ann@example.com', 'bob@example.com')
const refuses = fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.subarray(['get' as const, 'set' as const]))
const isDown = fc.constantFrom(false, false, true)
const turns = fc.array(fc.nat(9), { minLength: 1, maxLength: 30 })

const often = <T>(times: number, arbitrary: T): T[] => Array<T>(times).fill(arbitrary)

const commands = fc.commands([
  command('log in', fc.record({ email, isKept: fc.boolean() }), (world, { email, isKept }) =>
    world.logIn(email, isKept)),
  ...often(4, command('exchange', fc.record({ session, process, by }), (world, { session, process, by }) => {
    world.exchange(session, process, by)
  })),
  ...often(3, command('log out', fc.record({ session, process, regenerates: fc.boolean() }), (world, args) => {
    world.logOut(args.session, args.process, args.regenerates)
  })),
  command('store refuses', fc.record({ process, refuses }), (world, args) => {
    world.breakStore(args.process, args.refuses)
  }),
  command('Metabase is down', isDown, (world, isDown) => { world.isMetabaseDown = isDown }),
  ...often(3, command('turns', turns, async (world, turns) => { for (const turn of turns) await world.turn(turn) })),
  ...often(2, command('the last request is quick', fc.integer({ min: 1, max: 20 }), async (world, calls) => {
    for (let i = 0; i < calls; i++) await world.turn(-1)
  })),
  ...often(2, command('rest', fc.constant(''), async world => { await world.rest() }))
], { maxCommands: 40, size: 'max' })

/** Runs as a worker of logout.test.ts. */
const { cache, seed, numRuns } = workerData as { cache: boolean, seed: number, numRuns: number }
const counts: Record<string, number> = {}
await fc.assert(fc.asyncProperty(commands, async commands => {
  const world = new World(cache)
  for (const email of ['ann@example.com', 'ann@example.com', 'bob@example.com']) world.logIn(email, true)
  await fc.asyncModelRun(() => ({ model: {}, real: world }), commands)
  await world.settle()
  for (const [name, count] of Object.entries(world.counts)) counts[name] = (counts[name] ?? 0) + count
  if (world.violations.length > 0) throw new Error(world.violations.join('\n'))
}), { seed, numRuns, timeout: 20_000 })
parentPort?.postMessage(counts)
