import t from 'tap'
import { STRANGER } from '../helpers/cors.js'
import { EMBEDDING_SECRET } from '../helpers/guest.js'
import { ANN, ORIGIN, startHost } from '../helpers/host.js'

const payload = { entityType: 'dashboard', entityId: 1 }
const cors = { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }

for (const [status, name, headers] of [
  [200, 'no browser', {}],
  [200, 'a page of the same origin', { ...cors, 'sec-fetch-site': 'same-origin', origin: 'https://outside.example' }],
  [200, 'an allowed front end of another site', { ...cors, 'sec-fetch-site': 'cross-site', origin: ORIGIN }],
  [403, 'a page of another site', { ...cors, 'sec-fetch-site': 'cross-site', origin: STRANGER }],
  [403, 'a page of another site in an old browser', { origin: STRANGER }],
  [403, 'a page of another subdomain', { ...cors, 'sec-fetch-site': 'same-site', origin: 'http://other.localhost' }],
  [403, 'a sandboxed frame', { ...cors, 'sec-fetch-site': 'cross-site', origin: 'null' }],
  [
    403,
    'a form of another site',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', origin: STRANGER, 'content-type': 'text/plain' }
  ]
] as const) {
  t.test(`the guest route answers ${status} to ${name}`, async t => {
    let asked = 0
    const { app } = await startHost(t, {
      options: { getUser: () => ANN, guest: { secret: EMBEDDING_SECRET, authorize: () => { asked++; return {} } } }
    })
    const response = await app.inject({ method: 'POST', url: '/sso/metabase/guest', payload, headers })
    t.equal(response.statusCode, status)
    if (status === 403) t.match(response.json(), { code: 'METABASE_SSO_CROSS_SITE' })
    t.equal(asked, status === 200 ? 1 : 0)
  })
}
