import Fastify from 'fastify'
import t from 'tap'
import metabaseSso from '../../index.js'
import { SECRET } from '../helpers/host.js'

/** What the app says when it boots with an option of this name. */
async function messageFor (name: string): Promise<string> {
  const app = Fastify()
  const options = { secret: SECRET, instanceUrl: 'https://metabase.example.com', getUser: () => null, [name]: 'x' }
  app.register(metabaseSso, options)
  const error: Error | undefined = await app.ready().then(() => undefined, error => error)
  await app.close()
  return String(error?.message)
}

const suggestions = {
  secret: ['jwtSecret', 'jwtSharedSecret', 'sharedSecret', 'signingKey', 'previousSecret', 'secrt'],
  instanceUrl: ['metabaseUrl', 'metabaseInstanceUrl', 'baseUrl', 'siteUrl', 'url', 'instanceURL', 'instance_url'],
  origin: ['cors', 'allowedOrigins', 'origins'],
  mapUserToClaims: ['userToClaims', 'mapUser', 'claims'],
  getUser: ['user', 'getUsr'],
  tokenLifetime: ['expiresIn', 'ttl', 'tokenLifeTime'],
  path: ['route', 'endpoint', 'pth'],
  guest: ['embeddingSecret', 'embeddingSecretKey', 'guests'],
  cache: ['chace'],
  timeout: ['timeOut', 'timeouts', 'xtimeout', 'timout']
}

for (const [option, names] of Object.entries(suggestions)) {
  t.test(`the plugin suggests "${option}" for what else it is called, or mistyped`, async t => {
    for (const name of names) {
      t.match(await messageFor(name), `there is no option "${name}" (did you mean "${option}"?)`)
    }
  })
}

t.test('the plugin suggests nothing for a name that is like none', async t => {
  for (const name of ['zebra', 'x', '', 'unrelatedThing', 'txxxyout']) {
    const message = await messageFor(name)
    t.match(message, `there is no option "${name}"; there are secret, instanceUrl`)
    t.notMatch(message, 'did you mean')
  }
})
