/** What your app has anyway: a way to sign in to it. Here it asks for no password. */
export function SignIn ({ config: { hostUrl, people, bearer } }) {
  return (
    <form method='post' action={`${hostUrl}/login`} onSubmit={bearer ? signInForToken : undefined}>
      {people.map(email => <button key={email} name='email' value={email}>Sign in as {email}</button>)}
      <button formAction={`${hostUrl}/logout`} name='email' value=''>Sign out</button>
    </form>
  )
}

const KEY = 'token'

/** The bearer token of whoever is signed in; null: nobody. */
export const bearerToken = () => sessionStorage.getItem(KEY)

/** Signs in without a cookie. */
async function signInForToken (event) {
  event.preventDefault()
  const { value: email, form: { action } } = event.nativeEvent.submitter
  if (email === '') {
    sessionStorage.removeItem(KEY)
  } else {
    const response = await fetch(action, { method: 'POST', body: new URLSearchParams({ email }) })
    const { token } = await response.json()
    sessionStorage.setItem(KEY, token)
  }
  window.location.reload()
}
