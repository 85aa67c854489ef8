import assert from 'node:assert/strict'
import { startDemo } from '../helpers/demo.js'

const titles = ['A JWT', 'A session', 'A redirect', 'A guest embed', 'A log-out']

const card = (page, title) => page.getByRole('article', { name: title, exact: true })

/** Waits until each card has its word, and sees whole cards without scrolling. */
async function expectWords (page, words) {
  for (const [index, word] of words.entries()) {
    const shown = card(page, titles[index])
    await shown.locator('.badge').getByText(word, { exact: true }).waitFor()
    const { y, height } = await shown.boundingBox()
    assert.ok(y >= 0 && y + height <= page.viewportSize().height, `${titles[index]} is seen without scrolling`)
  }
}

/** Whether the page dyes anything of a card like a success, or like a failure. */
const has = async (page, title, tone) => await card(page, title).locator(`.${tone}`).count() > 0

export default [{
  // A visitor, Ann, a wrong secret, and out again, by the keyboard alone.
  name: 'demo: npm run demo',
  start: startDemo,
  setting: 'demo',
  async run ({ world, page, shoot }) {
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.goto(world.url)
    await expectWords(page, Array(4).fill('Not signed in'))
    for (const title of titles) assert.ok(!await has(page, title, 'bad'), `${title}: a visitor is no error`)
    await shoot('visitor')

    await page.getByRole('radio', { name: 'Ann Lee' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('You are signed in as Ann Lee.', { exact: true }).waitFor()
    await expectWords(page, ['Signed in', 'Signed in', 'Signed in', 'Shown'])
    await card(page, 'A redirect').frameLocator('iframe').getByText('as seen by ann.lee@example.com').waitFor()
    await card(page, 'A guest embed').frameLocator('iframe').getByText('North').waitFor()
    await shoot('signed in')
    await page.emulateMedia({ colorScheme: 'dark' })
    await shoot('signed in, dark')
    await page.emulateMedia({ colorScheme: 'light' })

    const wrongSecret = page.getByRole('switch', { name: 'Wrong secret' })
    await wrongSecret.focus()
    await page.keyboard.press('Space')
    await expectWords(page, ['Failed', 'Failed', 'Failed', 'Shown'])
    assert.ok(!await has(page, 'A redirect', 'good'), 'a redirect that Metabase refuses is not green')
    const report = page.getByRole('region', { name: 'What diagnose() finds' })
    await report.getByText('secret is not the JWT signing key of Metabase').first().waitFor()
    await shoot('wrong secret')
    await page.keyboard.press('Space')
    await expectWords(page, ['Signed in', 'Signed in', 'Signed in', 'Shown'])
    await report.waitFor({ state: 'hidden' })

    await page.getByRole('button', { name: 'Sign out' }).focus()
    await page.keyboard.press('Enter')
    await expectWords(page, [...Array(4).fill('Not signed in'), 'Signed out'])
    await card(page, 'A log-out').getByText('Sessions ended at Metabase: 2', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Sign in' }).and(page.locator(':focus')).waitFor()
    await shoot('signed out')
    assert.ok(
      await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'nothing sticks out'
    )
  }
}]
