/**
 * @typedef {object} Workload
 * @property {string} name
 * @property {string} heading
 * @property {string} path
 * @property {number} [delay] milliseconds that Metabase takes
 * @property {{ connections: number, amount: number }} load each connection is another user; they share the amount of
 * requests evenly
 * @property {boolean} [newUsers] whether each round has new users
 * @property {object} [pluginOptions]
 * @property {string[]} contenders the plugin first, then the floor that it stands on
 * @property {Target[]} targets
 */

/**
 * What the plugin should reach: at most so many times the floor's figure, or exactly so many.
 * @typedef {{ figure: 'cpu' | 'p99' | 'memory', against: string, atMost: number } | { figure: 'exchanges', exactly:
 * number }} Target
 */

const samples = ['sample', 'sample-with-key-object']

/** @type {Workload[]} */
export const workloads = [
  {
    name: 'jwt',
    heading: '`{jwt}`, 50 connections',
    path: '/sso/metabase?response=json',
    load: { connections: 50, amount: 20_000 },
    contenders: ['plugin', 'session-floor', ...samples],
    targets: [{ figure: 'cpu', against: 'session-floor', atMost: 1.35 }]
  },
  {
    name: 'exchange-0ms-50',
    heading: 'Exchange, Metabase answering at once, 50 connections',
    path: '/sso/metabase',
    load: { connections: 50, amount: 10_000 },
    contenders: ['plugin', 'relay-floor', ...samples],
    targets: [{ figure: 'cpu', against: 'relay-floor', atMost: 1.2 }]
  },
  {
    name: 'exchange-10ms-200',
    heading: 'Exchange, Metabase answering after 10 ms, 200 connections',
    path: '/sso/metabase',
    delay: 10,
    load: { connections: 200, amount: 10_000 },
    contenders: ['plugin', 'relay-floor', ...samples],
    targets: [
      { figure: 'cpu', against: 'relay-floor', atMost: 1.2 },
      { figure: 'p99', against: 'relay-floor', atMost: 1.25 },
      { figure: 'memory', against: 'relay-floor', atMost: 1.2 }
    ]
  },
  {
    name: 'cached',
    heading: 'A session from the cache, 50 connections',
    path: '/sso/metabase',
    load: { connections: 50, amount: 20_000 },
    pluginOptions: { cache: true },
    contenders: ['plugin', 'session-floor'],
    targets: [{ figure: 'cpu', against: 'session-floor', atMost: 1.4 }]
  },
  {
    name: 'storm',
    heading: 'Reload storm: each of 200 users loads 20 times, Metabase answering after 10 ms',
    path: '/sso/metabase',
    delay: 10,
    load: { connections: 200, amount: 4000 },
    newUsers: true,
    pluginOptions: { cache: true },
    contenders: ['plugin', 'session-floor', 'sample'],
    targets: [{ figure: 'exchanges', exactly: 200 }]
  }
]
