/** A browser, as far as these tests need one. Cookies go to every port of the host, as in a real one. */
export class Visitor {
  readonly #cookies = new Map<string, string>()

  constructor (readonly origin: string) {}

  async get (path: string, headers: Record<string, string> = {}): Promise<Response> {
    return await this.#fetch(path, { headers })
  }

  async post (path: string, body: object): Promise<Response> {
    return await this.#fetch(
      path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    )
  }

  async getJson (path: string): Promise<any> {
    return await (await this.get(path)).json()
  }

  async postJson (path: string, body: object): Promise<any> {
    return await (await this.post(path, body)).json()
  }

  /** Signs in at `/login`, or out at `/logout`, by the form on the page. */
  async submitForm (action: string, email = 'ann.lee@example.com'): Promise<Response> {
    return await this.#fetch(action, { method: 'POST', body: new URLSearchParams({ email }) })
  }

  /** Loads a page into a frame; returns the address it ends at, and what it shows. */
  async openFrame (path: string): Promise<{ url: URL, html: string }> {
    let url = new URL(path, this.origin)
    for (;;) {
      const response = await this.get(
        url.href, { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe', accept: 'text/html' }
      )
      const location = response.headers.get('location')
      if (location === null) return { url, html: await response.text() }
      url = new URL(location, url)
    }
  }

  async #fetch (path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set('cookie', [...this.#cookies].map(pair => pair.join('=')).join('; '))
    const response = await fetch(new URL(path, this.origin), { ...init, headers, redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      this.#cookies.set(name, value)
    }
    return response
  }
}
