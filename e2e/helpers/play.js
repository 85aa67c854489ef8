import { join } from 'node:path'
import { startVisit } from './browser.js'
import { until } from './until.js'
import { startWorld } from './world.js'

/**
 * Plays a flow in a world of its own, with a browser without a past, and leaves screenshots.
 * @param {import('playwright-core').Browser} browser
 * @param {{ name: string, setting: import('./world.js').Setting, run: (stage: object) => Promise<void> }} flow
 * @param {string} artifacts folder for the screenshots
 */
export async function play (browser, { name, setting, run }, artifacts) {
  const world = await startWorld(setting)
  const { context, external } = await startVisit(browser)
  const page = await context.newPage()
  const shoot = async step => {
    const file = `${[name, step].filter(Boolean).join(' - ')}.png`.replace(/[^\w.-]+/g, '-')
    await page.screenshot({ path: join(artifacts, file) })
  }
  try {
    await run({ world, page, context, until, shoot })
    if (external.length > 0) throw new Error(`the page asked ${external.join(', ')}`)
  } finally {
    await shoot().catch(() => {}) // of a failure, too
    await context.close()
    await world.close()
  }
}
