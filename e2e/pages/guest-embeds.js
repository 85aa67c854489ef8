/* global HTMLElement, customElements */
// What Metabase's embed.js does with guest tokens, as far as the host app and Metabase can tell: our own words for
// the requests seen in its source. It draws with text alone what Metabase says the token shows.

const { instanceUrl, guestEmbedProviderUri } = window.metabaseConfig

class GuestEmbed extends HTMLElement {
  /** Set by the two elements. */
  static entityType
  static api

  async connectedCallback () {
    const token = this.getAttribute('token')
    await this.#show(token ?? await this.#fetchToken())
    const seconds = Number(this.getAttribute('auto-refresh-interval'))
    if (seconds > 0) setInterval(() => this.#show(this.token), seconds * 1000)
  }

  /** Shows what the token is for. One that has expired is replaced, and it goes on. */
  async #show (token) {
    if (token === undefined) return
    this.token = token
    const response = await fetch(`${instanceUrl}/api/embed/${this.constructor.api}/${token}`)
    if (response.ok) {
      const { name, params } = await response.json()
      this.textContent = `${name} for ${JSON.stringify(params)}`
      return
    }
    const sentence = await response.text()
    if (!sentence.startsWith('Token is expired')) return this.#fail(`Metabase says: ${sentence}`)
    await this.#show(await this.#fetchToken(token))
  }

  async #fetchToken (expired) {
    const url = new URL(guestEmbedProviderUri, window.location.origin)
    url.searchParams.set('response', 'json')
    try {
      const response = await fetch(url, {
        method: 'POST',
        credentials: 'include',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(this.#item(expired))
      })
      if (!response.ok) return this.#fail(`CANNOT_FETCH_JWT_TOKEN ${url}, status: ${response.status}`)
      const { jwt } = await response.json()
      return typeof jwt === 'string' ? jwt : this.#fail('the answer holds no JWT')
    } catch (error) {
      this.#fail(error.message)
    }
  }

  /** A server-rendered element may have a token and no id: then the token tells it. */
  #item (expired) {
    const { entityType } = this.constructor
    const entityId = read(this.getAttribute(`${entityType}-id`)) ?? resourceOf(expired)[entityType]
    return { entityType, entityId, customContext: read(this.getAttribute('custom-context')) }
  }

  #fail (problem) {
    this.token = undefined
    this.innerHTML = '<p role="alert"></p>'
    this.firstChild.textContent = problem
  }
}

/** Reads an attribute's value as embed.js does, which also takes JSON5; undefined where there is none. */
function read (attribute) {
  if (attribute === null) return undefined
  if (attribute === '' || attribute === 'true') return true
  if (attribute === 'false') return false
  if (/^\d+$/.test(attribute)) return Number(attribute)
  return /^[[{]/.test(attribute) ? JSON.parse(attribute) : attribute
}

function resourceOf (token) {
  const [, payload] = token.split('.')
  return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))).resource
}

customElements.define('metabase-dashboard', class extends GuestEmbed {
  static entityType = 'dashboard'
  static api = 'dashboard'
})
customElements.define('metabase-question', class extends GuestEmbed {
  static entityType = 'question'
  static api = 'card'
})
