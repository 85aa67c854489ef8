import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import { chromiumPath } from '../setup/chromium.js'
import { args } from './browser.js'

/**
 * Opens a page in a Chromium of its own that playwright does not drive: one that it drives prerenders nothing
 * (PrerenderingDisabledByDevTools). `attach()` lets playwright look at the page, afterwards.
 * @param {string} url
 */
export async function openPlainly (url) {
  const profile = await mkdtemp(join(tmpdir(), 'fastify-metabase-sso-e2e-'))
  const child = spawn(
    chromiumPath, [...args, '--remote-debugging-port=0', `--user-data-dir=${profile}`, url], { stdio: 'ignore' }
  )
  const exited = once(child, 'close')
  return {
    async attach () {
      const [port] = (await readFile(join(profile, 'DevToolsActivePort'), 'utf8')).split('\n')
      const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`)
      return browser.contexts()[0].pages()[0]
    },
    async close () {
      child.kill()
      await Promise.race([exited, setTimeout(5000).then(() => child.kill('SIGKILL'))])
      await exited
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    }
  }
}
