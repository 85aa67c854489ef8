import { demo } from './host-app.js'

/**
 * The three answers: what the page asks for, and how it learns who Metabase then takes the browser for.
 * @param {string} instanceUrl
 * @param {HTMLIFrameElement} frame
 */
export function answersOf (instanceUrl, frame) {
  const framed = `/sso/metabase?return_to=${new URL(instanceUrl).pathname.replace(/\/$/, '')}/dashboard/1`
  return [
    {
      kind: 'jwt',
      title: 'A JWT',
      client: 'For the React SDK from 0.55 on, and embed.js: they trade it at Metabase themselves.',
      request: "fetch('/sso/metabase?response=json')",
      async ask () {
        const body = await fetchJson('/sso/metabase?response=json')
        return { body, ...(body.jwt && await demo('who-by-jwt', { jwt: body.jwt })) }
      }
    },
    {
      kind: 'session',
      title: 'A session',
      client: 'For the React SDK up to 0.54, and your own code: the app has traded the JWT.',
      request: "fetch('/sso/metabase')",
      async ask () {
        const body = await fetchJson('/sso/metabase')
        return { body, ...(body.id && await demo('who', { session: body.id })) }
      }
    },
    {
      kind: 'redirect',
      title: 'A redirect',
      client: 'For full-app embedding: the frame goes on to Metabase, which sets a cookie of its own.',
      request: `<iframe src="${framed}">`,
      async ask () {
        await leaveMetabase(instanceUrl, frame)
        await navigate(frame, framed)
        return await demo('who', {})
      }
    }
  ]
}

/** Ends the session of Metabase's own cookie, as an app should whose user signs out. */
export const leaveMetabase = async (instanceUrl, frame) => await navigate(frame, `${instanceUrl}/auth/logout`)

async function fetchJson (url) {
  const response = await fetch(url)
  return await response.json()
}

/** Not by `src`, which would fill the browser's history. Its error pages count as loaded, too; what hangs is left to load. */
async function navigate (frame, url) {
  await new Promise(resolve => {
    frame.addEventListener('load', resolve, { once: true })
    setTimeout(resolve, 10_000)
    frame.contentWindow.location.replace(url)
  })
}
