import { byId, el } from '/dom.js'
import { demo } from '/host-app.js'
import { showSwitches } from '/metabase-panel.js'
import { isWrong } from '/outcome.js'
import { createReport } from '/report.js'

// What is around the React app: who is signed in, and which SDK meets which Metabase.

const config = JSON.parse(byId('config').textContent)
const { people, signedIn, standIn } = await demo('state')

const person = people.find(({ email }) => email === signedIn)
byId('signed-in').replaceChildren(...person
  ? [
      'You are signed in to the app as ',
      el('strong', null, `${person.firstName} ${person.lastName}`),
    `, region ${person.region}.`
    ]
  : ['You are not signed in to the app.'])

byId('root').classList.toggle('visitor', person === undefined)

byId('releases').append(...config.releases.map(({ release, current }) =>
  el('a', { href: `/sdk/${release}`, ariaCurrent: current ? 'page' : null }, release)))
byId('wants').append(...config.sdk === '0.50 to 0.54'
  ? ['It wants a session from the route: the app has traded the JWT at Metabase.']
  : ['It asks Metabase where to sign in, wants a JWT from the route and trades that at Metabase itself.'])

const code = el('code', null, config.instanceUrl)
byId('instance').append(...standIn
  ? ['A stand-in at ', code, ', on this machine alone.']
  : ['Your own, at ', code, '. Its JWT identity provider URI has to be ', el('code', null, config.ssoUrl),
      ', and its embedding settings have to list ', el('code', null, window.location.origin), '.'])

if (standIn) showSwitches(standIn, () => window.location.reload())

// What became of the sign-in is known to the SDK alone. A Metabase of one's own may be set up wrong at any time.
const report = createReport()
byId('answers').append(report.element)
await report.update(standIn === null || isWrong([], standIn.positions))
