// Runs the tests on each Node, with the lowest and the highest Fastify and peers that package.json allows:
//   npm run test:matrix                     every leg
//   npm run test:matrix node20-lowest …     these
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeBinary } from './node-binary.js'
import { npm } from './npm.js'
import { runCommand } from './run-command.js'
import { testNames } from './test-names.js'

const root = fileURLToPath(new URL('..', import.meta.url))

export const NODES = [20, 22, 24, 26]

/** How the devDependencies of a tree are set: from the range of each peer to a version. */
const VERSIONS = {
  lowest: range => range.replace(/^\^/, ''),
  highest: range => range
}

/** Every leg; that of Fastify's pre-release may fail. */
export const LEGS = [
  ...NODES.flatMap(node => Object.keys(VERSIONS).map(versions => ({ name: `node${node}-${versions}`, node, versions }))),
  { name: 'node24-fastify6', node: 24, versions: 'fastify6', mayFail: true }
]

/** Not in the copies: what is made anew there. */
const LEFT_OUT = new Set(['.git', '.tap', '.build', 'dist', 'node_modules', 'artifacts', 'build', 'reports'])

/** Tells which tests a leg leaves out: those that need a Redis, and the demo, which needs a newer Fastify. */
const skips = (name, versions) => name === 'redis' || (name === 'demo' && versions === 'lowest')

/**
 * Sets the versions of Fastify and the peers in package.json.
 * @param {object} manifest package.json
 * @param {string} versions lowest, highest or fastify6
 * @param {string} [prerelease] of Fastify 6
 */
export function withVersions (manifest, versions, prerelease) {
  const { peerDependencies, devDependencies } = manifest
  const versionOf = VERSIONS[versions] ?? VERSIONS.highest
  const chosen = Object.fromEntries(Object.entries(peerDependencies).map(([name, range]) => [name, versionOf(range)]))
  if (versions === 'fastify6') chosen.fastify = prerelease
  return { ...manifest, devDependencies: { ...devDependencies, ...chosen } }
}

/** The newest pre-release of Fastify 6, undefined where none is published. */
async function prereleaseOf6 () {
  const versions = JSON.parse(await npm(['view', 'fastify', 'versions', '--json'], { cwd: root }))
  return versions.findLast(version => /^6\.\d+\.\d+-/.test(version))
}

/** Makes a copy of this tree with these versions installed and everything built. */
async function makeTree (versions, prerelease) {
  const tree = await mkdtemp(join(tmpdir(), `fastify-metabase-sso-${versions}-`))
  await cp(root, tree, {
    recursive: true,
    filter: path => !relative(root, path).split(sep).some(name => LEFT_OUT.has(name))
  })
  const manifest = withVersions(JSON.parse(await readFile(join(tree, 'package.json'), 'utf8')), versions, prerelease)
  await writeFile(join(tree, 'package.json'), JSON.stringify(manifest, null, 2))
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts', '--prefer-offline']
  const names = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
  // No other plugin says yet that it works with Fastify 6.
  if (versions === 'fastify6') quiet.push('--legacy-peer-deps')
  await npm(['install', ...quiet], { cwd: tree })
  if (versions !== 'lowest') await npm(['update', ...quiet, ...names], { cwd: tree })
  const installed = await Promise.all(Object.keys(manifest.peerDependencies).map(async name => {
    const { version } = JSON.parse(await readFile(join(tree, 'node_modules', name, 'package.json'), 'utf8'))
    return `${name} ${version}`
  }))
  console.log(`${versions}: ${installed.join(', ')}`)
  await npm(['run', 'build'], { cwd: tree })
  return tree
}

/** Runs every test of a tree. Returns the last line of what it printed, or throws. */
async function runTests (tree, node, versions) {
  const binary = await nodeBinary(node, tree)
  const names = testNames().filter(name => !name.includes('/') && !skips(name, versions))
  const { NODE_OPTIONS, ...env } = process.env
  const stdout = await runCommand(binary, ['tools/t.js', ...names], {
    cwd: tree,
    env: { ...env, PATH: dirname(binary) + delimiter + env.PATH },
    timeout: 3_600_000
  })
  return stdout.trim().split('\n').at(-1)
}

async function main (args) {
  const unknown = args.filter(name => !LEGS.some(leg => leg.name === name))
  if (unknown.length > 0) throw new Error(`There is no leg ${unknown.join(', ')}. There are ${LEGS.map(({ name }) => name).join(', ')}`)
  const chosen = LEGS.filter(({ name }) => args.length === 0 || args.includes(name))
  const prerelease = chosen.some(({ versions }) => versions === 'fastify6') ? await prereleaseOf6() : undefined
  const trees = new Map()
  let failed = 0
  try {
    for (const { name, node, versions, mayFail = false } of chosen) {
      if (mayFail && prerelease === undefined) {
        console.log(`${name}: no pre-release of Fastify 6 is published`)
        continue
      }
      try {
        if (!trees.has(versions)) trees.set(versions, await makeTree(versions, prerelease))
        console.log(`${name}: ${await runTests(trees.get(versions), node, versions)}`)
      } catch (error) {
        console.log(`${name}: ${mayFail ? 'failed, as it may' : 'FAILED'}\n${error.message}`)
        if (!mayFail) failed++
      }
    }
  } finally {
    for (const tree of trees.values()) await rm(tree, { recursive: true, force: true })
  }
  return failed === 0 ? 0 : 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.chdir(root)
  try {
    process.exitCode = await main(process.argv.slice(2))
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
