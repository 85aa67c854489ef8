import { npm } from './npm.js'

/**
 * Finds the binary of another Node: npm brings it, and keeps it in its cache.
 * @param {number} version
 * @param {string} cwd
 * @returns {Promise<string>} path
 */
export async function nodeBinary (version, cwd) {
  const ask = ['exec', '--yes', `--package=node@${version}`, '--', 'node', '-p', 'process.execPath']
  return (await npm(ask, { cwd })).trim()
}
