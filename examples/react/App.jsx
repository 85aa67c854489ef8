import { useState } from 'react'
import { MetabaseProvider, StaticQuestion, useMetabaseAuthStatus } from '@metabase/embedding-sdk-react'
import { createAuthConfig } from './auth-config.js'
import { bearerToken, SignIn } from './SignIn.jsx'

/** A page of your app with a Metabase question in it. */
export function App ({ config }) {
  const [authConfig] = useState(() => createAuthConfig(config, config.bearer ? bearerToken : undefined))

  return (
    <main>
      <h1>Your app</h1>
      <SignIn config={config} />
      <MetabaseProvider authConfig={authConfig}>
        <Analytics questionId={config.questionId} />
      </MetabaseProvider>
    </main>
  )
}

/** Shows the question once Metabase knows who is asking. */
function Analytics ({ questionId }) {
  const auth = useMetabaseAuthStatus()
  const [timesAsked, setTimesAsked] = useState(1)

  return (
    <section>
      <p>
        Metabase sign-in: <strong id='status'>{auth.status}</strong>{' '}
        {auth.status === 'error' && <span id='problem' role='alert'>{auth.error.message}</span>}
      </p>
      {auth.status === 'success' && (
        <>
          <button type='button' onClick={() => setTimesAsked(timesAsked + 1)}>Ask again</button>
          <div id='question'>
            <StaticQuestion key={timesAsked} questionId={questionId} height={240} />
          </div>
        </>
      )}
    </section>
  )
}
