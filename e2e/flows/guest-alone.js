import assert from 'node:assert/strict'
import { dashboard, expectAlert, expectRegions, openGuestPage, tokensGiven, tokensUsed } from '../helpers/guest.js'

export default [{
  name: 'guest alone: no secret of sign-ins, no sessions; an open-source Metabase shows a visitor what is granted',
  setting: {
    host: 'guest alone',
    guest: { authorize: (user, { entityId }) => user === null && entityId === 7 && { region: ['Everywhere'] } }
  },
  async run (stage) {
    const { world, page, context, shoot } = stage
    world.metabase.settings.edition = 'open-source'
    await openGuestPage(stage, undefined, `${dashboard}<hr><metabase-dashboard dashboard-id="8"></metabase-dashboard>`)
    await expectRegions(page, 'Everywhere')
    await expectAlert(page, `CANNOT_FETCH_JWT_TOKEN ${world.hostUrl}/sso/metabase/guest?response=json, status: 403`)
    await shoot('granted and refused')

    const answers = world.guestRequests().map(({ sent, status }) => [sent.entityId, status])
    assert.deepEqual(answers.sort(), [[7, 200], [8, 403]])
    assert.equal(tokensGiven(world).length, 1)
    assert.deepEqual(tokensUsed(world), tokensGiven(world), 'the item that is refused is not asked for')
    assert.deepEqual(await context.cookies(), [], 'there is no session')
    assert.equal((await fetch(`${world.hostUrl}/sso/metabase`)).status, 404, 'there is no route for sign-ins')
    assert.equal(world.metabase.logins, 0)
  }
}]
