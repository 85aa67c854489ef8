import assert from 'node:assert/strict'
import { expectQuestionOf, openAs } from '../helpers/page.js'
import { ann } from '../hosts/people.js'
import { sdks } from '../setup/bundle.js'

export default Object.keys(sdks).map(sdk => ({
  name: `refresh: SDK ${sdk} replaces a token that has expired while the page was open`,
  // Not shorter: on a busy machine a second or two pass before Metabase looks at it.
  setting: { sdk, options: { tokenLifetime: 5 } },
  async run (stage) {
    const { world, page, until, shoot } = stage
    await openAs(stage, ann)
    await expectQuestionOf(page, ann)
    await shoot('before')
    const expiry = expiryOf(world.ssoRequests().at(-1))
    const [asked, used] = [world.ssoRequests().length, sessionsUsed(world).size]

    await until(() => Date.now() > expiry, 'the token expires')
    await page.getByRole('button', { name: 'Ask again' }).click()
    await until(() => world.ssoRequests().length > asked, 'the SDK asks our route again')
    await until(() => sessionsUsed(world).size > used, 'the SDK asks Metabase with a new session')
    await expectQuestionOf(page, ann)
    assert.equal(world.ssoRequests().at(-1).headers['sec-fetch-mode'], 'cors', 'from the page that was open')
    assert.equal(world.requests.filter(({ path }) => path === '/').length, 1, 'which was not loaded again')
  }
}))

/** The Metabase sessions that the page has shown to Metabase. */
const sessionsUsed = ({ metabase }) =>
  new Set(metabase.requests.map(({ headers }) => headers['x-metabase-session']).filter(Boolean))

/** When what our route gave expires, in milliseconds since the epoch. */
function expiryOf ({ body }) {
  const answer = JSON.parse(body)
  const { exp } = answer.jwt === undefined
    ? answer
    : JSON.parse(
      Buffer.from(answer.jwt.split('.')[1], 'base64url').toString()
    )
  return exp * 1000
}
