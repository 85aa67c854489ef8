import assert from 'node:assert/strict'

/** Waits until the hook has decided, and checks how. */
export async function expectStatus (page, expected) {
  await page.locator('#status', { hasText: /^(success|error)$/ }).waitFor()
  const actual = await page.locator('#status').innerText()
  const [problem = ''] = await page.locator('#problem').allInnerTexts()
  assert.ok(actual === expected, `useMetabaseAuthStatus says ${actual} ${problem}`)
}

/** Waits for the text of a failed sign-in. */
export async function expectProblem (page, text) {
  await expectStatus(page, 'error')
  const problem = await page.locator('#problem').innerText()
  assert.ok(problem.includes(text), `the page says "${problem}", not "${text}"`)
}

/** Waits until the question is drawn, and shows that it was this person who asked. */
export async function expectQuestionOf (page, { email, teams, region }) {
  await expectStatus(page, 'success')
  for (const text of [email, teams.join(', '), region]) {
    await page.locator('#questions').getByText(text, { exact: true }).waitFor()
  }
}

/** Opens the page as somebody who is signed in to the host app already. */
export async function openAs ({ world, page, context }, { email }, url = world.frontUrl) {
  await context.request.post(`${world.hostUrl}/login`, { form: { email }, maxRedirects: 0 })
  await page.goto(url)
}

/** Signs in to the host app in the page, and waits until the page is back. */
export async function signIn (page, { email }) {
  await press(page, `Sign in as ${email}`)
}

export async function signOut (page) {
  await press(page, 'Sign out')
}

async function press (page, name) {
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name, exact: true }).click()])
}
