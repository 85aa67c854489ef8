import t from 'tap'
import metabaseSso from '../../index.js'
import { ANN, SECRET, startHost } from '../helpers/host.js'

t.test('a host that asks for the e-mail address in the log gets it as the user has it', async t => {
  const { app, metabase, logs, logIn } = await startHost(t, { options: false })
  app.register(metabaseSso, {
    secret: SECRET, instanceUrl: metabase.url, logSerializers: { metabaseUser: email => email }
  })
  await app.inject({ url: '/sso/metabase', cookies: await logIn({ ...ANN, email: 'Ann@Example.com' }) })
  t.match(logs.filter(log => 'metabaseUser' in log), [{ metabaseUser: 'Ann@Example.com' }])
})

t.test('also where the claim of the address has another name', async t => {
  const { app, metabase, logs, logIn } = await startHost(t, { options: false })
  metabase.settings.claimNames.email = 'mail'
  app.register(metabaseSso, {
    secret: SECRET,
    instanceUrl: metabase.url,
    claimNames: { email: 'mail' },
    mapUserToClaims: () => ({ team: 'north', email: 'ann@example.com' }),
    logSerializers: { metabaseUser: email => `user ${email}` }
  })
  await app.inject({ url: '/sso/metabase', cookies: await logIn() })
  t.match(logs.filter(log => 'metabaseUser' in log), [{ metabaseUser: 'user ann@example.com' }])
})
