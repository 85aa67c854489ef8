import t, { type Test } from 'tap'
import { payloadOf } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'

const email = 'ann@example.com'

/** Signs in twice with these claims, and returns the warnings. */
async function warningsFor (t: Test, claims: object): Promise<string[]> {
  const { app, logs, logIn } = await startHost(t, { options: { mapUserToClaims: () => ({ email, ...claims }) } })
  const cookies = await logIn()
  for (const url of ['/sso/metabase?response=json', '/sso/metabase']) {
    t.equal((await app.inject({ url, cookies })).statusCode, 200)
  }
  const { jwt } = (await app.inject({ url: '/sso/metabase?response=json', cookies })).json()
  t.match(payloadOf(jwt), claims, 'they are sent as they are')
  return logs.filter(({ level }) => level === 40).map(({ msg }) => msg)
}

for (const [claim, meant] of [
  ['firstName', 'first_name'], ['lastName', 'last_name'], ['firstname', 'first_name'], ['last-name', 'last_name'], ['FIRST_NAME', 'first_name']
] as const) {
  t.test(`the plugin warns once that the claim ${claim} is no name, and names ${meant}`, async t => {
    t.strictSame(await warningsFor(t, { [claim]: 'Ann' }),
      [`the claim "${claim}" is an attribute for Metabase, and no name: did you mean "${meant}"?`])
  })
}

t.test('a second registration does not repeat the warning in the same process', async t => {
  t.equal((await warningsFor(t, { LastName: 'Lee' })).length, 1)
  t.strictSame(await warningsFor(t, { LastName: 'Tran' }), [])
  t.equal((await warningsFor(t, { FirstName: 'Bao' })).length, 1, 'another claim is another mistake')
})

t.test('the plugin does not warn where the name is there, too, or of another attribute', async t => {
  t.strictSame(await warningsFor(t, { first_name: 'Ann', firstName: 'Annabel', nickname: 'A' }), [])
  t.strictSame(await warningsFor(t, { birthLastName: 'Li', firstNameInKana: 'アン' }), [])
  t.strictSame(await warningsFor(t, { firstName: undefined }), [])
})
