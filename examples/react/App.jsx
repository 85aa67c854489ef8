import { useState } from 'react'
import { MetabaseProvider, StaticQuestion, useMetabaseAuthStatus } from '@metabase/embedding-sdk-react'
import { createAuthConfig } from './auth-config.js'
import { bearerToken, SignIn } from './SignIn.jsx'

/** A page of your app with Metabase questions in it. */
export function App ({ config }) {
  const [authConfig] = useState(() => createAuthConfig(config, config.bearer ? bearerToken : undefined))

  return (
    <main>
      <SignIn config={config} />
      <MetabaseProvider authConfig={authConfig} theme={config.theme}>
        <Analytics questionIds={config.questionIds} />
      </MetabaseProvider>
    </main>
  )
}

/** Shows the questions once Metabase knows who is asking. */
function Analytics ({ questionIds }) {
  const auth = useMetabaseAuthStatus() ?? { status: 'loading' } // null until a loader (SDK 0.57 and later) has its bundle
  const [timesAsked, setTimesAsked] = useState(1)

  return (
    <section>
      <p>
        Metabase sign-in: <strong id='status' className={`status ${auth.status}`}>{auth.status}</strong>{' '}
        {auth.status === 'error' && <span id='problem' role='alert'>{auth.error.message}</span>}
      </p>
      {auth.status === 'success' && (
        <>
          <button type='button' onClick={() => setTimesAsked(timesAsked + 1)}>Ask again</button>
          <div id='questions'>
            {questionIds.map(id => <StaticQuestion key={`${id} ${timesAsked}`} questionId={id} height={240} />)}
          </div>
        </>
      )}
    </section>
  )
}
