import { setTimeout } from 'node:timers/promises'
import { join } from 'node:path'
import { startVisit } from './browser.js'
import { until } from './until.js'
import { startWorld } from './world.js'

/**
 * @typedef {object} Flow
 * @property {string} name
 * @property {(setting?: object) => Promise<{ close: () => Promise<void> }>} [start] starts what it plays in, where that
 * is not the usual world
 * @property {import('./world.js').Setting} [setting] of the world
 * @property {(stage: object) => Promise<void>} run
 */

/**
 * Plays a flow in a world of its own, with a browser without a past, and leaves screenshots.
 * @param {import('playwright-core').Browser} browser
 * @param {Flow} flow
 * @param {string} artifacts folder for the screenshots
 * @param {number} patience in milliseconds
 */
export async function play (browser, { name, start = startWorld, setting, run }, artifacts, patience) {
  const world = await start(setting)
  const { context, external } = await startVisit(browser)
  const page = await context.newPage()
  const shoot = async step => {
    const file = `${[name, step].filter(Boolean).join(' - ')}.png`.replace(/[^\w.-]+/g, '-')
    await page.screenshot({ path: join(artifacts, file), timeout: 10_000 })
  }
  try {
    await inTime(run({ world, page, context, until, shoot }), patience)
    if (external.length > 0) throw new Error(`the page asked ${external.join(', ')}`)
  } finally {
    await shoot().catch(() => {}) // of a failure, too
    await inTime(Promise.all([context.close(), world.close()]), 20_000)
  }
}

/** Waits no longer than that: a flow that hangs fails, and the next one begins. */
async function inTime (work, patience) {
  const over = new AbortController()
  try {
    await Promise.race([work, setTimeout(patience, undefined, over).then(() => {
      throw new Error(`not done after ${patience / 1000} s`)
    })])
  } finally {
    over.abort()
    work.catch(() => {}) // whatever becomes of it now
  }
}
