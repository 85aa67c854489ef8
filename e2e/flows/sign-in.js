import { expectProblem, expectQuestionOf, signIn } from '../helpers/page.js'
import { ann } from '../hosts/people.js'
import { sdks } from '../setup/bundle.js'

/** What each SDK says when our route answers 401. */
const problems = {
  '0.52.7': () => 'Failed to fetch the session, HTTP status: 401',
  '0.56.3': hostUrl => `Failed to fetch JWT token from ${hostUrl}/sso/metabase, status: 401.`
}

export default Object.keys(sdks).map(sdk => ({
  name: `sign-in: SDK ${sdk} says that nobody is signed in, then draws the question`,
  setting: { sdk },
  async run ({ world, page, shoot }) {
    await page.goto(world.frontUrl)
    await expectProblem(page, problems[sdk](world.hostUrl))
    await shoot('not signed in')
    await signIn(page, ann)
    await expectQuestionOf(page, ann)
  }
}))
