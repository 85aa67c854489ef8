/**
 * @typedef {object} Workload
 * @property {string} name
 * @property {string} heading
 * @property {string} path
 * @property {number} [delay] milliseconds that Metabase takes
 * @property {{ connections: number, amount: number }} load each connection is another user; they share the amount of
 * requests evenly
 * @property {boolean} [newUsers] whether each round has users of its own, who come for the first time
 * @property {object} [pluginOptions]
 * @property {string[]} contenders the plugin first, then the floor that it stands on
 * @property {number} noise what a figure may vary from run to run, as a fraction
 * @property {Target[]} targets
 */

/**
 * What the plugin should reach: at most so many times the other's figure, or at least so many times better.
 * @typedef {{ figure: 'cpu' | 'perSecond' | 'p99', against: string, atMost?: number, atLeast?: number } | { figure:
 * 'exchanges', exactly: number }} Target
 */

const samples = ['sample', 'sample-with-key-object']

const exchange = (delay, connections, targets = []) => ({
  name: `exchange-${delay}ms-${connections}`,
  heading: `Exchange, Metabase answering ${delay === 0 ? 'at once' : `after ${delay} ms`}, ${connections} connections`,
  path: '/sso/metabase',
  delay,
  load: { connections, amount: connections === 50 ? 1500 : 3000 },
  contenders: ['plugin', 'relay-floor', ...samples],
  noise: 0.1,
  targets
})

/** @type {Workload[]} */
export const workloads = [
  {
    name: 'jwt',
    heading: '`{jwt}`, 50 connections',
    path: '/sso/metabase?response=json',
    load: { connections: 50, amount: 1500 },
    contenders: ['plugin', 'session-floor', ...samples],
    noise: 0.05,
    targets: [
      { figure: 'cpu', against: 'session-floor', atMost: 1.45 },
      { figure: 'cpu', against: 'sample', atLeast: 6 },
      { figure: 'cpu', against: 'sample-with-key-object', atLeast: 2.6 }
    ]
  },
  exchange(0, 50, [
    { figure: 'cpu', against: 'relay-floor', atMost: 1.2 },
    { figure: 'cpu', against: 'sample', atLeast: 7 },
    { figure: 'cpu', against: 'sample-with-key-object', atLeast: 4 }
  ]),
  exchange(0, 200),
  exchange(10, 50),
  exchange(10, 200, [
    { figure: 'cpu', against: 'relay-floor', atMost: 1.2 },
    { figure: 'p99', against: 'relay-floor', atMost: 1.2 },
    { figure: 'perSecond', against: 'sample', atLeast: 4 },
    { figure: 'perSecond', against: 'sample-with-key-object', atLeast: 2.2 }
  ]),
  {
    name: 'storm',
    heading: 'Reload storm: each of 200 users loads 20 times, Metabase answering after 10 ms',
    path: '/sso/metabase',
    delay: 10,
    load: { connections: 200, amount: 4000 },
    newUsers: true,
    pluginOptions: { cache: true },
    contenders: ['plugin', 'session-floor', 'relay-floor', 'sample'],
    noise: 0.1,
    targets: [
      { figure: 'exchanges', exactly: 200 },
      { figure: 'cpu', against: 'session-floor', atMost: 1.5 }
    ]
  }
]
