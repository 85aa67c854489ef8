import t from 'tap'
import { failureOf } from '../helpers/exchange.js'
import { NAVIGATION, startHost } from '../helpers/host.js'

type LoginUrl = () => string

const nonsense: Array<[name: string, result: unknown]> = [
  ['undefined', undefined],
  ['null', null],
  ['a number', 7],
  ['nothing', ''],
  ['a relative path', 'login'],
  ['another host', '//evil.example'],
  ['another host in disguise', '/\\evil.example'],
  ['another scheme', 'javascript:alert(1)'],
  ['half a URL', 'https://']
]

for (const [name, result] of nonsense) {
  t.test(`a loginUrl function that returns ${name} is a fault of the app, not a redirect`, async t => {
    const { app } = await startHost(t, { options: { loginUrl: (() => result) as LoginUrl } })
    const response = await app.inject({ url: '/sso/metabase', headers: NAVIGATION })

    t.equal(response.statusCode, 500)
    t.notOk(response.headers.location)
    t.equal(failureOf(response).code, 'METABASE_SSO_PAGE_URL_FAILED')
  })
}

for (const [how, loginUrl] of [
  ['throws', () => { throw new Error('no such tenant') }],
  // Not in the types, but one forgets; a rejection that nobody handles would end the process.
  ['rejects with', (async () => { throw new Error('no such tenant') }) as unknown as LoginUrl]
] as const) {
  t.test(`what a loginUrl function ${how} stays in the log`, async t => {
    const { app, logs } = await startHost(t, { options: { loginUrl } })
    const response = await app.inject({ url: '/sso/metabase', headers: NAVIGATION })

    t.equal(response.statusCode, 500)
    t.equal(failureOf(response).code, 'METABASE_SSO_PAGE_URL_FAILED')
    t.notMatch(response.body, 'no such tenant')
    t.match(logs.find(({ err }) => err !== undefined), { err: { message: /`loginUrl`[^]*no such tenant/ } })
  })
}
