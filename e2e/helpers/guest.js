import { openAs } from './page.js'

/** The element whose dashboard the flows look at. */
export const dashboard = '<metabase-dashboard dashboard-id="7"></metabase-dashboard>'

const pageWith = ({ frontUrl }, elements) => `${frontUrl}/guest?elements=${encodeURIComponent(elements)}`

/** Publishes what the flows look at. */
function publish ({ metabase }) {
  for (const id of [7, 8]) metabase.published.set(`dashboard/${id}`, { region: 'locked' })
}

/** Opens a page with these elements as somebody who is signed in to the host app, or as a visitor. */
export async function openGuestPage (stage, person, elements = dashboard) {
  publish(stage.world)
  const url = pageWith(stage.world, elements)
  await (person === undefined ? stage.page.goto(url) : openAs(stage, person, url))
}

/** Sees the dashboard for these regions, and for no others. */
export const expectRegions = async (page, ...regions) =>
  await page.getByText(`dashboard 7 for ${JSON.stringify({ region: regions })}`, { exact: true }).waitFor()

/** Sees what an element shows in place of its item. */
export const expectAlert = async (page, text) => await page.getByRole('alert').getByText(text).waitFor()

/** What the page has shown Metabase. */
export const tokensUsed = ({ metabase }) => metabase.requests
  .filter(({ path }) => path.startsWith('/api/embed/'))
  .map(({ path }) => path.split('/').at(-1))

/** What the route has given out. */
export const tokensGiven = world => world.guestRequests()
  .filter(({ status }) => status === 200)
  .map(({ body }) => JSON.parse(body).jwt)
