import { mkdir, readdir, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { startBrowser } from './helpers/browser.js'
import { play } from './helpers/play.js'

/** How long a flow may take, and all of them, in milliseconds. */
const FLOW = 90_000
const SUITE = 480_000

const here = path => fileURLToPath(new URL(path, import.meta.url))

/**
 * Plays the flows whose names hold the text, one after the other, with a line for each.
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function playAll (text = '') {
  const artifacts = here('artifacts')
  await rm(artifacts, { recursive: true, force: true })
  await mkdir(artifacts)
  const flows = (await loadFlows()).filter(({ name }) => name.includes(text))

  const count = { passed: 0, failed: 0 }
  const end = Date.now() + SUITE
  const browser = await startBrowser()
  try {
    for (const flow of flows) {
      try {
        if (Date.now() > end) throw new Error('no time is left to play it')
        await play(browser, flow, artifacts, FLOW)
        count.passed++
        console.log(`ok ${flow.name}`)
      } catch (error) {
        count.failed++
        console.log(`not ok ${flow.name}: ${oneLine(error)}`)
      }
    }
  } finally {
    await browser.close()
  }
  return count
}

async function loadFlows () {
  const files = (await readdir(here('flows'))).sort()
  const modules = await Promise.all(files.map(file => import(`./flows/${file}`)))
  return modules.flatMap(module => module.default)
}

/** Without the colours and the call log of playwright. */
function oneLine (error) {
  // eslint-disable-next-line no-control-regex
  return String(error.message ?? error).replace(/\x1b\[\d+m/g, '').replace(/\s+/g, ' ').slice(0, 300)
}
