import t from 'tap'
import { asAnn, asked, outcome } from '../helpers/exchange.js'
import { ANN, startHost, type AppUser } from '../helpers/host.js'

const REFUSED = ['METABASE_SSO_ADMINISTRATORS_REFUSED', 403]
const FAILED = ['METABASE_SSO_AUTHORIZE_FAILED', 500]
const spellings = [
  'Administrators', 'administrators', 'ADMINISTRATORS', ' administrators ', '\tAdministrators\n',
  // What a MySQL collation such as utf8mb4_unicode_ci takes for the same (metabase#26630).
  'Ádministrators', 'Ａdministrators', 'Ａｄｍｉｎｉｓｔｒａｔｏｒｓ', 'Administratorſ', 'Administrators\u200b', 'Admini\u00adstrators', 'ADMİNİSTRATORS',
  // Letters written above others, and characters that mean nothing to it: tried in MariaDB 10.11.
  'A\u0369ministrators', 'Admi\u006e\u0365strators', 'Ad\u036binistrators', 'Administ\u036cators', 'Administrators\u06de',
  'Administrators\ufe71', 'Administrators\ufcf2'
]

for (const group of spellings) {
  t.test(`groups of ${JSON.stringify([group])} are refused before Metabase is asked`, async t => {
    const mapUserToClaims = ({ email }: AppUser) => ({ email, groups: ['sales', group] })
    const host = await startHost(t, { options: { mapUserToClaims } })
    t.strictSame(outcome(await (await asAnn(host))()), REFUSED)
    t.strictSame(asked(host.metabase), [])
    await t.rejects(host.app.metabaseSso.sign(ANN), { code: 'METABASE_SSO_ADMINISTRATORS_REFUSED' })
  })
}

t.test('groups that only resemble Administrators pass', async t => {
  const groups = ['Administrator', 'Administrators EU', 'admin', 'Site Administrators']
  const host = await startHost(t, { options: { mapUserToClaims: ({ email }) => ({ email, groups }) } })
  t.strictSame(outcome(await (await asAnn(host))()), ['ok', 200])
})

t.test('allowAdministrators: true makes an administrator where groups match by name', async t => {
  const host = await startHost(t, { options: { allowAdministrators: true } })
  host.metabase.settings.groupSync = true
  const cookies = await host.logIn({ ...ANN, groups: ['Administrators'] })
  t.strictSame(outcome(await host.app.inject({ url: '/sso/metabase', cookies })), ['ok', 200])
  t.strictSame(host.metabase.users.get(ANN.email)?.groups, ['Administrators'])
})

t.test('allowAdministrators as a function tells for which users', async t => {
  const seen: Array<[email: string, url: string | undefined]> = []
  const allowAdministrators = async ({ email }: AppUser, request?: { url: string }) => {
    seen.push([email, request?.url])
    return email.endsWith('@staff.example')
  }
  const { app, logIn } = await startHost(t, { options: { allowAdministrators } })
  const signIn = async (email: string, groups: string[]) =>
    outcome(await app.inject({ url: '/sso/metabase', cookies: await logIn({ email, groups }) }))

  t.strictSame(await signIn('kim@staff.example', ['Administrators']), ['ok', 200])
  t.strictSame(await signIn('ann@example.com', ['Administrators']), REFUSED)
  t.strictSame(await signIn('ann@example.com', ['sales']), ['ok', 200], 'it is not asked')
  t.strictSame(seen, [['kim@staff.example', '/sso/metabase'], ['ann@example.com', '/sso/metabase']])
})

t.test('an allowAdministrators that fails, or returns no boolean, is no yes', async t => {
  for (const answer of [1, 'yes', {}, () => { throw new Error('the directory is down') }]) {
    const allowAdministrators = () => typeof answer === 'function' ? answer() : answer
    const host = await startHost(t, { options: { allowAdministrators: allowAdministrators as () => boolean } })
    const cookies = await host.logIn({ ...ANN, groups: ['Administrators'] })
    t.strictSame(outcome(await host.app.inject({ url: '/sso/metabase', cookies })), FAILED, String(answer))
    t.match(
      host.logs.find(({ err }) => err)?.msg,
      /`allowAdministrators` did not decide: it (failed|returned neither true nor false)$/
    )
    t.equal(host.metabase.logins, 0)
  }
})
