import { expectProblem, expectQuestionOf, openAs, signIn, signOut } from '../helpers/page.js'
import { ann, bao } from '../hosts/people.js'
import { sdks } from '../setup/bundle.js'

export default Object.keys(sdks).map(sdk => ({
  name: `switch of user: SDK ${sdk}, in another tab; after a reload the page is theirs`,
  setting: { sdk },
  async run (stage) {
    const { world, page, context, shoot } = stage
    await openAs(stage, ann)
    await expectQuestionOf(page, ann)
    await shoot('the first person')

    const otherTab = await context.newPage()
    await otherTab.goto(world.frontUrl)
    await expectQuestionOf(otherTab, ann)
    await signOut(otherTab)
    await expectProblem(otherTab, '401')
    await signIn(otherTab, bao)
    await expectQuestionOf(otherTab, bao)

    await page.reload()
    await expectQuestionOf(page, bao)
  }
}))
