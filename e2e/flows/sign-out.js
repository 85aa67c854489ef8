import assert from 'node:assert/strict'
import { expectProblem, expectQuestionOf, openAs, signIn } from '../helpers/page.js'
import { ann, bao } from '../hosts/people.js'

const isMetabases = ({ name }) => name === 'metabase.SESSION'

/** What Metabase says to the bearer of a session: 401 once it is over. */
const statusOf = async ({ metabase }, id) =>
  (await fetch(`${metabase.url}/api/user/current`, { headers: { 'x-metabase-session': id } })).status

const frontEnds = { 'host app': 'of the same origin', allowed: 'of another origin' }

export default Object.entries(frontEnds).map(([frontEnd, where]) => ({
  name: `sign out: of Metabase, by a page ${where}: the SDK’s session and the frame’s cookie are gone`,
  setting: { sdk: '0.52.7', frontEnd, options: { logout: true } },
  async run (stage) {
    const { world, page, context, shoot } = stage
    await openAs(stage, ann)
    await expectQuestionOf(page, ann)
    const { id } = JSON.parse(world.ssoRequests().find(({ status }) => status === 200).body)

    const withFrame = await context.newPage()
    const framed = `${world.hostUrl}/sso/metabase?return_to=/dashboard/1`
    await withFrame.goto(`${world.frontUrl}/frame?src=${encodeURIComponent(framed)}`)
    await withFrame.frameLocator('iframe').getByText(`/dashboard/1 as seen by ${ann.email}`, { exact: true }).waitFor()
    const cookie = (await context.cookies()).find(isMetabases)
    assert.deepEqual([await statusOf(world, id), await statusOf(world, cookie.value)], [200, 200])

    await withFrame.getByRole('button', { name: 'Sign out of Metabase' }).click()
    await withFrame.getByText('ended 1, remaining 0', { exact: true }).waitFor()
    assert.equal((await context.cookies()).find(isMetabases), undefined)
    assert.deepEqual([await statusOf(world, id), await statusOf(world, cookie.value)], [401, 401])
    assert.equal(world.metabase.sessions.size, 0)

    // The app's own part, without which the route would sign the same person in again.
    await context.request.post(`${world.hostUrl}/logout`, { maxRedirects: 0 })
    const frame = withFrame.frames().at(-1)
    await frame.goto(`${world.metabase.url}/dashboard/1`)
    await withFrame.frameLocator('iframe').getByText('METABASE_SSO_NOT_AUTHENTICATED').waitFor()
    await page.reload()
    await expectProblem(page, '401')
    await shoot('signed out')
    await signIn(page, bao)
    await expectQuestionOf(page, bao)
  }
}))
