import { el } from './dom.js'
import { demo } from './host-app.js'

/**
 * What the page asks the host app for, and how it learns what Metabase makes of it.
 * @param {{ instanceUrl: string, hasGuest: boolean }} state
 * @returns {{ answers: object[], logout: object }} the log-out is asked for when its time has come
 */
export function answersOf ({ instanceUrl, hasGuest }) {
  const home = new URL(instanceUrl).pathname.replace(/\/$/, '')
  const framed = `/sso/metabase?return_to=${home}/dashboard/1`
  const frame = el('iframe', { title: 'What Metabase shows in the frame' })
  const guestFrame = el('iframe', { title: 'What Metabase shows a guest' })
  let session

  const jwt = {
    kind: 'jwt',
    title: 'A JWT',
    client: 'React SDK 0.55 and later, embed.js',
    request: 'GET /sso/metabase?response=json',
    success: 'Signed in',
    async ask () {
      const body = await fetchJson('/sso/metabase?response=json')
      return { body, ...(body.jwt && await demo('who-by-jwt', { jwt: body.jwt })) }
    }
  }
  const exchange = {
    kind: 'session',
    title: 'A session',
    client: 'React SDK up to 0.54, and your own code',
    request: 'GET /sso/metabase',
    success: 'Signed in',
    async ask () {
      const body = await fetchJson('/sso/metabase')
      session = body.id
      return { body, ...(session && await demo('who', { session })) }
    }
  }
  const redirect = {
    kind: 'redirect',
    title: 'A redirect',
    client: 'Full-app embedding, and links',
    request: `GET ${framed}`,
    success: 'Signed in',
    frame,
    async ask () {
      await navigate(frame, `${instanceUrl}/auth/logout`) // what was there before proves nothing
      await navigate(frame, framed)
      return await demo('who', {})
    }
  }
  const guest = {
    kind: 'guest',
    title: 'A guest embed',
    client: 'People without an account at Metabase',
    request: 'POST /sso/metabase/guest',
    success: 'Shown',
    frame: guestFrame,
    async ask () {
      const { jwt } = await fetchJson('/sso/metabase/guest', { entityType: 'dashboard', entityId: 1 })
      guestFrame.hidden = jwt === undefined
      if (jwt === undefined) return {}
      await navigate(guestFrame, `${instanceUrl}/embed/dashboard/${jwt}`)
      return await demo('shown', { jwt })
    }
  }
  const logout = {
    kind: 'logout',
    title: 'A log-out',
    client: 'Before the app ends its own session',
    request: 'POST /sso/metabase/logout',
    success: 'Signed out',
    idle: 'Sign out to see what ends.',
    async ask () {
      const { ended, remaining, logoutUrl } = await fetchJson('/sso/metabase/logout', {})
      if (remaining > 0) return { problem: `Sessions that Metabase could not be told to end: ${remaining}` }
      await navigate(frame, logoutUrl) // Metabase alone can drop its own cookie
      if (session && (await demo('who', { session })).user) return { problem: 'Metabase still takes the session.' }
      return { ended }
    }
  }
  return { answers: [jwt, exchange, redirect, ...(hasGuest ? [guest] : [])], logout }
}

async function fetchJson (url, body) {
  const response = await fetch(url, body && {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body)
  })
  return await response.json()
}

/**
 * Not by `src`, which would fill the browser's history. Its error pages count as loaded, too; what hangs is left to
 * load.
 */
async function navigate (frame, url) {
  await new Promise(resolve => {
    frame.addEventListener('load', resolve, { once: true })
    setTimeout(resolve, 10_000)
    frame.contentWindow.location.replace(url)
  })
}
