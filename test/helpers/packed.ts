import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Test } from 'tap'

export const root = process.cwd()

// Without tap's loaders: what runs here is what a user runs.
const { NODE_OPTIONS, ...inherited } = process.env
/** The environment of a user's process. */
export const userEnv = { ...inherited, _TAPJS_PROCESSINFO_COVERAGE_: '0' } // coverage is for the sources

interface Npm { npm (args: string[], options: object): Promise<string> }

const { npm }: Npm = await import(pathToFileURL(resolve('tools/npm.js')).href)

/** Runs npm as a user does. */
export const runNpm = async (args: string[], cwd: string): Promise<string> => await npm(args, { cwd, env: userEnv })

/** Runs a script with Node as a user does. */
export const runNode = async (args: string[], cwd: string): Promise<string> =>
  (await promisify(execFile)(process.execPath, args, { cwd, env: userEnv })).stdout

export interface Project {
  folder: string
  /** The tarball. */
  tarball: string
  /** The files in it. */
  files: string[]
}

/** Packs the package, and installs it with others into an empty project. It ends with the test. */
export async function installPacked (t: Test, ...others: string[]): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'fastify-metabase-sso-'))
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  // The build is there already: `npm test` makes it first.
  const packed = await runNpm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root)
  const [{ filename, files }] = JSON.parse(packed)
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  const tarball = join(folder, filename)
  await runNpm(['install', '--no-audit', '--no-fund', '--prefer-offline', tarball, ...others], folder)
  return { folder, tarball, files: files.map(({ path }: { path: string }) => path) }
}
