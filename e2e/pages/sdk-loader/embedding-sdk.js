// An imitation of the bundle that an instance serves as /app/embedding-sdk.js, written from the protocol page: it
// makes the calls by which Metabase's bundle signs in, in their order, and no others. It draws who is signed in.
//
// Its contract with the npm package of SDK 0.63.1, which loads it by a <script>:
// - the package has put React into window.METABASE_REACT, and the provider's props into a store,
//   window.METABASE_PROVIDER_PROPS_STORE
// - the package expects window.METABASE_EMBEDDING_SDK_BUNDLE to hold the components, the hooks that its provider
//   calls, a Redux store and selectors on the state of that
(() => {
  const { createElement, useEffect } = window.METABASE_REACT

  const earlySession = authConfigOfProvider().then(signIn)
  earlySession.catch(() => {}) // until there is a component to tell

  /** Waits for the provider, which may render later than this script runs. */
  async function authConfigOfProvider () {
    const props = window.METABASE_PROVIDER_PROPS_STORE
    const authConfig = () => props.getState().props?.authConfig
    return authConfig() ?? await new Promise(resolve => {
      const unsubscribe = props.subscribe(() => {
        if (authConfig() === undefined) return
        unsubscribe()
        resolve(authConfig())
      })
    })
  }

  /** Makes all calls of a sign-in. */
  async function signIn ({ metabaseInstanceUrl: instance, preferredAuthMethod, jwtProviderUri, fetchRequestToken }) {
    const headers = { 'X-Metabase-Client': 'embedding-sdk-react', 'X-Metabase-Client-Version': 'imitation' }
    const ask = async (path, options) => await answerOf(path, await fetch(`${instance}${path}`, options))

    async function discover () {
      const query = preferredAuthMethod === undefined ? '' : `?preferred_method=${preferredAuthMethod}`
      const { url, method } = await ask(`/auth/sso${query}`, { headers })
      if (method !== 'jwt') throw new Error(`The imitation knows no sign-in by ${method}`)
      return url
    }

    const providerUri = jwtProviderUri ?? await discover()
    const { jwt } = await (fetchRequestToken === undefined ? fetchJwt(providerUri) : fetchRequestToken())
    const session = await ask('/auth/sso', {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({ jwt })
    })
    const asUser = { headers: { ...headers, 'X-Metabase-Session': session.id } }
    const [user, properties] = await Promise.all([
      ask('/api/user/current', asUser),
      ask('/api/session/properties', asUser)
    ])
    return { user, properties }
  }

  async function fetchJwt (providerUri) {
    const url = new URL(providerUri)
    url.searchParams.set('response', 'json')
    const response = await fetch(url, { credentials: 'include' })
    // The body of an error is never read.
    if (!response.ok) throw new Error(`Failed to fetch JWT token from ${providerUri}, status: ${response.status}.`)
    return await response.json()
  }

  async function answerOf (path, response) {
    if (!response.ok) throw new Error(`${path} answered ${response.status}`)
    return await response.json()
  }

  const store = createStore({ login: { status: 'uninitialized' } })

  /** As much of a Redux store as the package uses. */
  function createStore (state) {
    const listeners = new Set()
    return {
      getState: () => state,
      subscribe (listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      set (changes) {
        state = { ...state, ...changes }
        for (const listener of listeners) listener()
      }
    }
  }

  /** Takes what the early sign-in brought. Where that failed, everything is asked once more. */
  async function initialise () {
    store.set({ login: { status: 'loading' } })
    try {
      const { user, properties } = await earlySession.catch(async () => await signIn(await authConfigOfProvider()))
      store.set({ login: { status: 'success' }, user, properties })
    } catch (error) {
      store.set({ login: { status: 'error', error } })
    }
  }

  /** Says which user Metabase takes the session for. */
  function StaticQuestion ({ questionId }) {
    const { user, properties: { version } } = store.getState()
    const email = createElement('strong', {}, user.email)
    return createElement('p', {}, `Imitated: question ${questionId} for `, email, `, by Metabase ${version.tag}`)
  }

  window.METABASE_EMBEDDING_SDK_BUNDLE = {
    ComponentProvider: ({ children }) => children,
    StaticQuestion,
    getSdkStore: () => store,
    getLoginStatus: state => state.login,
    getUser: state => state.user,
    useInitData: () => useEffect(() => { initialise() }, []),
    useLogVersionInfo: () => {}
  }
  document.dispatchEvent(new Event('metabase-sdk-bundle-loaded'))
})()
