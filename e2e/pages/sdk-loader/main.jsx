// The page of an app with a release of the SDK that is a loader: it fetches the client from the instance.
import { createRoot } from 'react-dom/client'
import { MetabaseProvider, StaticQuestion, useMetabaseAuthStatus } from '@metabase/embedding-sdk-react'
import { createAuthConfig } from '../../../examples/react/auth-config.js'
import { bearerToken, SignIn } from '../../../examples/react/SignIn.jsx'

const config = JSON.parse(document.getElementById('config').textContent)
const { bearer, jwtProviderUri, questionIds: [questionId] } = config
const authConfig = {
  ...createAuthConfig(config, bearer ? bearerToken : undefined),
  ...(jwtProviderUri && { jwtProviderUri })
}

function App () {
  return (
    <main>
      <SignIn config={config} />
      <MetabaseProvider authConfig={authConfig}>
        <Analytics />
      </MetabaseProvider>
    </main>
  )
}

function Analytics () {
  // Without the bundle of the instance there is no status, not even one that says so.
  const { status, error } = useMetabaseAuthStatus() ?? { status: 'no bundle yet' }

  return (
    <section>
      <p>
        Metabase sign-in: <strong id='status'>{status}</strong>{' '}
        {status === 'error' && <span id='problem' role='alert'>{error.message}</span>}
      </p>
      <div id='questions'>{status === 'success' && <StaticQuestion questionId={questionId} />}</div>
    </section>
  )
}

createRoot(document.getElementById('root')).render(<App />)
