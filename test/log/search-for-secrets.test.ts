import t from 'tap'
import type { Test } from 'tap'
import { ANN, searchForSecrets, SECRET, SESSION_SECRET, startHost, type Host } from '../helpers/host.js'

t.test('the search finds a secret, a session id and a JWT, wherever they stand', t => {
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJlbWFpbCI6ImFubkBleGFtcGxlLmNvbSJ9.c2ln'
  for (const line of [
    SECRET,
    `{"msg":"${SECRET}"}`,
    `cookie: ${SESSION_SECRET}`,
    'X-Metabase-Session: 5e551011',
    jwt,
    `GET /auth/sso?jwt=${jwt}&return_to=%2F`
  ]) {
    t.throws(
      () => searchForSecrets(['nothing here', line, 'nor here'], [SECRET, SESSION_SECRET, '5e551011']),
      /was logged/,
      line
    )
  }
  t.doesNotThrow(() =>
    searchForSecrets(['{"msg":"signed in to Metabase"}', 'eyJ', ''], [SECRET, SESSION_SECRET, '5e551011']))
  t.end()
})

/** A host, and how its test would end. */
async function hostAndEnd (): Promise<{ host: Host, end: () => Promise<void> }> {
  const teardowns: Array<() => unknown> = []
  const test = { teardown: (fn: () => unknown) => teardowns.unshift(fn) } as unknown as Test
  const host = await startHost(test)
  return { host, end: async () => { for (const fn of teardowns) await fn() } }
}

for (const [what, leak] of [
  ['the secret', async () => SECRET],
  ["the secret of the host's sessions", async () => SESSION_SECRET],
  ['a JWT', async ({ app }: Host) => await app.metabaseSso.sign(ANN)],
  ['a session id', async ({ app }: Host) => (await app.metabaseSso.exchange(ANN)).id],
  ['a URL with a JWT in it', async ({ app }: Host) => (await app.metabaseSso.ssoUrl(ANN)).href]
] as const) {
  t.test(`every test with a host app fails when ${what} was logged`, async t => {
    const { host, end } = await hostAndEnd()
    await host.app.ready()
    host.app.log.debug({ nested: { leak: await leak(host) } }, 'oops')
    await t.rejects(end(), /was logged/)
    await host.metabase.close()
  })
}

t.test('and not otherwise', async t => {
  const { host, end } = await hostAndEnd()
  const cookies = await host.logIn()
  t.equal((await host.app.inject({ url: '/sso/metabase', cookies })).statusCode, 200)
  await t.resolves(end())
})
