import assert from 'node:assert/strict'
import { startDemo } from '../helpers/demo.js'
import { expectProblem, expectQuestionOf, expectStatus, signIn, signOut } from '../helpers/page.js'
import { ann, bao } from '../hosts/people.js'
import { sdks } from '../setup/bundle.js'

const sales = { [ann.email]: '310', [bao.email]: '180' }

/** Sees in the page that it is this person's, and nobody else's. */
async function expectPageOf (page, person) {
  await page.getByText(
    `You are signed in to the app as ${person.firstName} ${person.lastName}, region ${person.region}.`, { exact: true }
  ).waitFor()
  await expectQuestionOf(page, person)
  await page.locator('#questions svg').getByText(sales[person.email], { exact: true }).waitFor()
}

export default [{
  // Each SDK signed out, signed in and with another user, then another Metabase, one with another key, then Ctrl-C.
  name: 'demo: npm run demo:sdk',
  start: startDemo,
  setting: 'demo:sdk',
  async run ({ world, page, shoot }) {
    await page.setViewportSize({ width: 1280, height: 860 })
    for (const sdk of Object.keys(sdks)) {
      await page.goto(world.url)
      await page.getByRole('link', { name: sdk, exact: true }).click()
      await page.locator('#releases [aria-current]', { hasText: sdk }).waitFor()
      await expectProblem(page, '401')
      await page.getByText('You are not signed in to the app.', { exact: true }).waitFor()
      await shoot(`${sdk} signed out`)
      await signIn(page, ann)
      await expectPageOf(page, ann)
      await shoot(`${sdk} signed in`)
      await signIn(page, bao)
      await expectPageOf(page, bao)
      await shoot(`${sdk} another user`)
      assert.ok(
        await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'nothing sticks out'
      )
      await signOut(page)
      await expectProblem(page, '401')
    }
    await Promise.all([page.waitForEvent('load'), page.getByRole('radio', { name: 'v55' }).click()])
    await page.getByRole('radio', { name: 'v55', checked: true }).waitFor()
    await signIn(page, ann)
    await expectPageOf(page, ann)

    const wrongSecret = page.getByRole('switch', { name: 'Wrong secret' })
    await Promise.all([page.waitForEvent('load'), wrongSecret.click()])
    await page.getByRole('region', { name: 'What diagnose() finds' })
      .getByText('secret is not the JWT signing key of Metabase').first().waitFor()
    await expectStatus(page, 'error')
    await shoot('wrong secret')

    await world.pressCtrlC()
    await assert.rejects(fetch(world.url), 'nothing is left of it')
  }
}]
