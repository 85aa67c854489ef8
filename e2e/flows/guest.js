import assert from 'node:assert/strict'
import { expectAlert, expectRegions, openGuestPage, tokensGiven, tokensUsed } from '../helpers/guest.js'
import { openAs } from '../helpers/page.js'
import { ann, bao } from '../hosts/people.js'

/** Everybody who is signed in may see dashboard 7, for their own region. */
const ownRegion = {
  authorize: (user, { entityType, entityId }) =>
    entityType === 'dashboard' && entityId === 7 && { region: [user.region] }
}

const onLoad = [{
  name: 'guest: on load the page asks for a token, and shows the dashboard with the locked params of the right user',
  setting: { guest: ownRegion },
  async run (stage) {
    const { world, page } = stage
    await openGuestPage(stage, bao)
    await expectRegions(page, bao.region)
    const [{ url, headers, sent }, ...more] = world.guestRequests()
    assert.deepEqual(more, [])
    assert.equal(url, '/sso/metabase/guest?response=json')
    assert.equal(headers['content-type'], 'application/json')
    assert.deepEqual(sent, { entityType: 'dashboard', entityId: 7 })
    assert.deepEqual(tokensUsed(world), tokensGiven(world))
    assert.equal(world.metabase.logins, 0, 'nobody signs in to Metabase')

    await openAs(stage, ann, page.url())
    await expectRegions(page, ann.region)
  }
}, {
  name: 'guest: several elements on a page, each with its own token; authorize reads the context of the page',
  setting: {
    guest: {
      authorize: (_user, { entityType, customContext }) => entityType === 'question'
        ? {}
        : {
            region: [customContext.tab]
          }
    }
  },
  async run (stage) {
    await openGuestPage(
      stage, ann, '<metabase-dashboard dashboard-id="7" custom-context=\'{"tab":"West"}\'></metabase-dashboard><hr><metabase-question question-id="1"></metabase-question>'
    )
    await expectRegions(stage.page, 'West')
    await stage.page.getByText('question 1 for {}', { exact: true }).waitFor()
    assert.equal(new Set(tokensUsed(stage.world)).size, 2)
  }
}, {
  name: 'guest: a context of the page that is a number reaches authorize as one',
  setting: { guest: { authorize: (_user, { customContext }) => customContext === 42 && { region: ['West'] } } },
  async run (stage) {
    await openGuestPage(stage, ann, '<metabase-dashboard dashboard-id="7" custom-context="42"></metabase-dashboard>')
    await expectRegions(stage.page, 'West')
  }
}]

const refused = [{
  name: 'guest: nobody is signed in, and the page says so; after a sign-in it shows the dashboard',
  setting: { guest: ownRegion },
  async run (stage) {
    const { world, page, shoot } = stage
    await openGuestPage(stage)
    await expectAlert(page, `CANNOT_FETCH_JWT_TOKEN ${world.hostUrl}/sso/metabase/guest?response=json, status: 401`)
    await shoot('not signed in')
    await openAs(stage, ann, page.url())
    await expectRegions(page, ann.region)
  }
}, {
  name: 'guest: there is no token for what authorize does not grant',
  setting: { guest: ownRegion },
  async run (stage) {
    const { world, page } = stage
    await openGuestPage(stage, ann, '<metabase-dashboard dashboard-id="8"></metabase-dashboard>')
    await expectAlert(page, 'status: 403')
    assert.equal(JSON.parse(world.guestRequests()[0].body).code, 'METABASE_SSO_GUEST_NOT_AUTHORIZED')
    assert.deepEqual([tokensGiven(world), tokensUsed(world)], [[], []])
  }
}]

/** Shows other regions as soon as the old token is worth nothing any more. */
function afterExpiry (name, elements) {
  const rights = {}
  return {
    name: `guest: after its token has expired ${name} gets a new one by itself, and shows what is granted now`,
    // Metabase accepts a guest token for a minute after its end: its clock is that much ahead, and nobody waits.
    setting: { ahead: 60, guest: { tokenLifetime: 3, authorize: () => rights.regions && { region: rights.regions } } },
    async run (stage) {
      const { world, page, until, shoot } = stage
      rights.regions = ['North']
      await openGuestPage(stage, ann, await elements(stage))
      await expectRegions(page, 'North')
      await shoot('before')
      const [before, first] = [world.guestRequests().length, tokensUsed(world)[0]]

      rights.regions = ['North', 'South']
      await expectRegions(page, 'North', 'South')
      const { sent } = world.guestRequests()[before]
      assert.deepEqual(sent, { entityType: 'dashboard', entityId: 7 })
      assert.ok(
        tokensUsed(world).filter(token => token === first).length > 1,
        'the first token was used until Metabase refused it'
      )
      assert.equal(world.requests.filter(({ path }) => path === '/guest').length, 1, 'the page was not loaded again')

      rights.regions = undefined
      await expectAlert(page, 'status: 403')
      await until(
        () => world.guestRequests().at(-1).status === 403, 'the page is told that nothing is granted any more'
      )
    }
  }
}

const expired = [
  afterExpiry('an element', () =>
    '<metabase-dashboard dashboard-id="7" auto-refresh-interval="1"></metabase-dashboard>'),
  afterExpiry('an element that the server rendered with a token and no id', async ({ world }) => {
    const { token } = await (await fetch(`${world.hostUrl}/token?dashboard=7&region=North`)).json()
    return `<metabase-dashboard token="${token}" auto-refresh-interval="1"></metabase-dashboard>`
  })
]

const hosts = {
  none: 'without CORS of its own',
  before: 'with @fastify/cors before the plugin',
  after: 'with @fastify/cors after the plugin'
}

const otherOrigin = Object.entries(hosts).flatMap(([globalCors, host]) => [{
  name: `guest: a front end of another origin, allowed, a host app ${host}`,
  setting: { guest: ownRegion, frontEnd: 'allowed', globalCors },
  async run (stage) {
    const { world, page } = stage
    await openGuestPage(stage)
    await expectAlert(page, 'status: 401') // not "Failed to fetch": the page may read failures, too
    await openAs(stage, ann, page.url())
    await expectRegions(page, ann.region)
    const [preflight] = world.guestRequests('OPTIONS')
    assert.equal(
      preflight?.headers['access-control-request-headers'],
      'content-type',
      'the browser sends a preflight, as it is JSON'
    )
    assert.equal(preflight.status, 204)
    assert.ok(world.guestRequests().every(({ headers }) => headers.origin === world.frontUrl))
  }
}, {
  name: `guest: a front end of another origin, not allowed, a host app ${host}`,
  setting: { guest: ownRegion, frontEnd: 'not allowed', globalCors },
  async run (stage) {
    const { world, page } = stage
    await openGuestPage(stage, ann)
    await expectAlert(page, 'Failed to fetch')
    assert.equal(world.guestRequests('OPTIONS').length, 1)
    assert.deepEqual(world.guestRequests(), [], 'the preflight keeps the browser from asking at all')
  }
}])

const others = [{
  name: 'guest: with public, visitors see what is for everybody, and users their own',
  setting: { guest: { public: true, authorize: user => ({ region: [user === null ? 'Everywhere' : user.region] }) } },
  async run (stage) {
    await openGuestPage(stage)
    await expectRegions(stage.page, 'Everywhere')
    await stage.shoot('a visitor')
    await openAs(stage, ann, stage.page.url())
    await expectRegions(stage.page, ann.region)
  }
}, {
  name: 'guest: an older iframe, with its looks in the fragment, which Metabase does not hear of',
  setting: { guest: ownRegion },
  async run ({ world, page }) {
    await page.goto(`${world.hostUrl}/older-frame`)
    await page.frameLocator('iframe').getByText('question 1 for {}', { exact: true }).waitFor()
    const { origin, pathname, hash } = new URL(page.frames().at(-1).url())
    assert.equal(origin, world.metabase.url)
    assert.match(pathname, /^\/embed\/question\/eyJ/)
    assert.equal(hash, '#bordered=false&titled=true&theme=night')
    assert.equal(world.metabase.requests.at(-1).url, pathname)
  }
}]

export default [...onLoad, ...refused, ...expired, ...otherOrigin, ...others]
