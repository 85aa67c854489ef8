import t from 'tap'
import { readPage } from '../helpers/readme.js'

const PAGE = readPage('docs/troubleshooting.md')

/** What is seen, in the page's words, and what each of its links has to say of the causes between them. */
interface Symptom {
  seen: string[]
  causes: Record<string, RegExp>
}

/** Twenty things that are seen where sign-ins fail, and what it was, as far as Metabase's issues tell. */
const symptoms: Record<string, Symptom> = {
  'opaque failures in the browser': {
    seen: ['Failed to fetch', 'a CORS error on a URL of Metabase', 'Unable to connect to instance'],
    causes: {
      'the origin is not listed': /Add the origin of the front end to the authorized origins \(CORS\)/,
      'embedding is off': /React SDK and modular embedding \(embed\.js\) are both off/,
      'an error without CORS headers': /answers with an error, most of which have no CORS headers/,
      'localhost is always let in': /Localhost is let in without, so that the fault shows only once deployed/
    }
  },
  'SSO is said to be off': {
    seen: ['SSO has not been enabled and/or configured'],
    causes: {
      'JWT is off, or lacks its URI or key': /JWT sign-in is off in Metabase, or lacks its identity provider URI or sign/,
      'the licence has lapsed': /licence of this Metabase does not include JWT sign-in, or has lapsed/
    }
  },
  'a wrong signature': {
    seen: ['Message seems corrupt or manipulated'],
    causes: {
      'the other key': /`secret` and the embedding secret key are mixed up/,
      'white space': /with white space around it/,
      'a new key': /was regenerated/,
      'a JWT of before, from a cache': /cache between the app and the browser serves JWTs of before a rotation/
    }
  },
  'an endpoint of another time than its client': {
    seen: ['authentication failed', "Unexpected token '<'", '302 to a request with token=true'],
    causes: {
      'token=true': /sends `token=true`, which Metabase redirects from version 55 on/,
      'another SDK': /SDK 0\.55 and later want `{ jwt }`, earlier ones a session/
    }
  },
  'no { jwt }': {
    seen: ['must return an object with the shape { jwt: string }'],
    causes: {
      'a redirect, or a login page': /a hook of the app or a proxy redirects requests without a user/,
      'response=json is ignored': /ignores `response=json`/,
      'an old fetchRequestToken': /`fetchRequestToken` of before SDK 0\.55 returns a session/
    }
  },
  'a 401 of the app': {
    seen: ['Failed to fetch JWT token … status: 401'],
    causes: {
      'no user': /No user is signed in to the app/,
      SameSite: /on another site than the app/,
      Secure: /the session cookie lacks Secure/,
      credentials: /without `credentials: "include"`/
    }
  },
  'a login form in the frame': {
    seen: ['a login form inside the iframe, or a login loop'],
    causes: {
      'SameSite of the cookie of Metabase': /`MB_SESSION_COOKIE_SAMESITE=none`.*, which needs https/,
      Safari: /Safari and private windows block it/
    }
  },
  'nothing in the frame': {
    seen: ['an empty iframe', '… refused to connect'],
    causes: { 'frame-ancestors': /authorized origins of interactive \(full-app\) embedding/ }
  },
  'a JWT is too old': {
    seen: ['Token is older than max-age (180)', 'Token is expired'],
    causes: {
      clocks: /NTP on both servers/,
      'a JWT that is used again': /A JWT is kept and used again/,
      'a short life': /raise `tokenLifetime`, if it is a very few seconds/
    }
  },
  'no account': {
    seen: ["you'll need a … account (in the language of the site)"],
    causes: {
      'provisioning is off, or the account deactivated': /unknown or deactivated, and user provisioning is off/,
      'a mapping has switched it off': /adding a group mapping can switch it off/
    }
  },
  'other groups': {
    seen: ['groups are not applied, or removed', 'suddenly an administrator'],
    causes: {
      'group sync is off': /Switch on "Synchronize group memberships"/,
      'one mapping ends matching by name, which older versions lack': /One mapping ends .* begins with version 56/,
      'the complete list': /`groups` is the complete list/,
      'a name that users can choose': /Let no user choose the name of a group/
    }
  },
  'other attributes': {
    seen: ['attributes are missing or stale', 'a sandbox is empty'],
    causes: {
      'no strings': /something else than strings/,
      'set by hand': /has set by hand wins over that of the claims \(since version 56\)/,
      'of a tenant': /never changes an attribute that a tenant has/
    }
  },
  SAML: {
    seen: ['a SAML pop-up or sign-in page'],
    causes: { 'SAML is the default': /preferredAuthMethod: "jwt"/ }
  },
  'a first sign-in without tenant': {
    seen: ['Cannot add tenant claim to internal user'],
    causes: {
      'no @tenant': /first sign-in of the user had no `@tenant`/,
      'a fault of Metabase': /can make an internal user of the first tenant user after a start/
    }
  },
  'other refusals of tenants': {
    seen: [
      'Tenant claim required for external user', 'Tenant ID mismatch with existing user', 'Tenant info mismatch',
      'Tenant is not active', 'Tenants and tenant users are disabled.', "Value of '@tenant' must be a string",
      'Cannot add non-tenant user to tenant-group or vice versa'
    ],
    causes: {
      'the strategy is off': /multi-tenant strategy is off/,
      'another slug': /slug in `@tenant` is not that of the account's tenant/,
      'a group of the wrong kind': /group of the claims is for tenants and the user has none, or the reverse/
    }
  },
  'a redirect is refused': {
    seen: ['Invalid redirect URL'],
    causes: {
      'another host': /site URL of Metabase is on another host than `publicUrl`/,
      'a path': /Metabase is below a path/,
      'a URI without scheme': /identity provider URI has no scheme/,
      46.7: /1\.46\.7 refuses every `return_to`/
    }
  },
  'a redirect fails': {
    seen: ['Ambiguous URI path separator'],
    causes: { 'v56 without return_to': /release of version 56 fails after a sign-in without `return_to`/ }
  },
  'texts of guest embeds': {
    seen: [
      'You must specify a value for :x in the JWT.', "You're not allowed to specify a value for :x.",
      'Token is missing value for keypath [:params]', 'Embedding is not enabled for this object.',
      'Not found. (in a guest embed)'
    ],
    causes: {
      'a locked parameter is left out': /name each locked parameter/,
      'a parameter that is not locked': /the parameter is disabled or editable in Metabase/,
      'not published': /publish the item for embedding/
    }
  },
  'guest embeds that stop': {
    seen: ['a guest embed stops after some minutes', 'a question by its entity id fails'],
    causes: { 'the token has ended': /the token has ended/, 'an entity id': /use its number/ }
  },
  'the SDK does not load': {
    seen: ['Error loading the Embedded Analytics SDK', 'a banner about versions'],
    causes: {
      'another version': /React SDK in your front end has another major version/,
      '57 before 57.2.3': /version 57 before 57\.2\.3/,
      'the policy of the page': /Content-Security-Policy of your page blocks/
    }
  },
  'no route at Metabase': {
    seen: ['a 404 page on /auth/sso'],
    causes: { 'open source': /open-source edition/, prefix: /path prefix of `instanceUrl`/, licence: /Check the licence/ }
  },
  'payment required': {
    seen: ['402 on /auth/sso'],
    causes: { embedding: /React SDK is off/, licence: /Check the licence/ }
  },
  'nothing but localhost works': {
    seen: ['not allowed in production', 'works on localhost only'],
    causes: { 'an API key, or a session': /uses an API key, or a session that the browser has already/ }
  }
}

/** The part of the page under the heading of a check. */
const partOf = (id: string): string =>
  new RegExp(`^### ${id}$([^]*?)^##`, 'm').exec(`${PAGE}\n##`)?.[1] ?? ''

/** What a symptom's links lead to. */
function reachedFrom (symptom: string): string {
  const cells = PAGE.split('\n').filter(line => line.startsWith(`| ${symptom} | `))
  const links = cells.flatMap(line => [...line.matchAll(/\]\(#([\w-]+)\)/g)].map(([, id = '']) => id))
  return links.map(partOf).join('\n')
}

for (const [name, { seen, causes }] of Object.entries(symptoms)) {
  t.test(`what is seen leads to its causes: ${name}`, async t => {
    for (const symptom of seen) {
      const reached = reachedFrom(symptom)
      for (const [cause, text] of Object.entries(causes)) t.match(reached, text, `${symptom}: ${cause}`)
    }
  })
}
