import t from 'tap'
import { isListed } from '../../lib/options/origin.js'
import { resolveOptions } from '../../lib/options/resolve.js'
import { SECRET } from '../helpers/host.js'

const bootWith = (origin: RegExp | RegExp[]) =>
  resolveOptions({ secret: SECRET, instanceUrl: 'https://metabase.example.com', origin })

/** Patterns, each with an origin of somebody else's that it lets in. */
const hostile: ReadonlyArray<[pattern: RegExp, lets: string]> = [
  [/.*/, 'https://evil.io'],
  [/^.*$/, 'https://evil.io'],
  [/^https?:/g, 'https://evil.io'],
  [/^https:\/\/.+$/, 'https://evil.io'],
  [/^https:\/\/[^/]+$/, 'https://evil.io'],
  [/localhost/, 'https://localhost.evil.io'],
  [/^http:\/\/localhost/, 'http://localhost.evil.io'],
  [/^http:\/\/localhost.*$/, 'http://localhost.evil.io'],
  [/^http:\/\/localhost:?.*$/, 'http://localhost.evil.io'],
  [/example\.com$/, 'https://evilexample.com'],
  [/^https:\/\/.+example\.com$/, 'https://evilexample.com'],
  [/^https:\/\/[a-z-]*example\.com$/, 'https://evil-example.com'],
  [/^https:\/\/(.+\.?)?example\.com$/, 'https://evilexample.com'],
  [/^https:\/\/(?:[a-z]|\.)*example\.com$/, 'https://evilexample.com'],
  [/^https:\/\/([a-z]+\.){0,1}\w*example\.com$/, 'https://evilexample.com'],
  [/^https:\/\/app\.example\.com/, 'https://app.example.com.evil.io'],
  [/^https:\/\/app\.example\.com.*$/, 'https://app.example.com.evil.io'],
  [/^https:\/\/app\.example\.com(?:.+)?$/, 'https://app.example.com.evil.io'],
  [/^https:\/\/app\.example\.com(?=.*)[^:]*$/, 'https://app.example.com.evil.io'],
  [/^https:\/\/app\.example\.com\b.*$/i, 'https://app.example.com.evil.io'],
  [/^https:\/\/app\.example\.com?$/, 'https://app.example.co'],
  [/^https:\/\/example\d\.com$/, 'https://example7.com'],
  [/^https:\/\/app.example.com$/, 'https://app-example.com'],
  [/^https:\/\/app.example\.com$/, 'https://appXexample.com'],
  [/^https:\/\/app\.example.com$/, 'https://app.exampleXcom'],
  [/^https:\/\/[a-z]+.example\.com$/, 'https://evil-example.com'],
  [/^https:\/\/app[.-]example\.com$/, 'https://app-example.com'],
  [/^https:\/\/.*\.com$/, 'https://evil.com'],
  [/^https:\/\/[^.]+\.com$/, 'https://evil.com'],
  [/^https:\/\/[^.]+\.[^.]+\.com$/, 'https://a.evil.com'],
  [/^https:\/\/app\.example\.[a-z]+$/, 'https://app.example.evil'],
  [/^https:\/\/app(\.[a-z]+)+$/, 'https://app.evil.io'],
  [/^https:\/\/a\.com|https:\/\/b\.com$/, 'https://a.com.evil.io'],
  [/^https:\/\/a\.com$|^https:\/\/b\.com/, 'https://b.com.evil.io'],
  [/^https:\/\/(a\.com|b\.com.*)$/, 'https://b.com.evil.io'],
  [/^https:\/\/(a\.com|(b|.*)\.com)$/, 'https://evil.com'],
  [/^https:\/\/(?<host>a\.com|.+)$/, 'https://evil.io'],
  [/^https:\/\/(?!evil\.com).*$/, 'https://evil.io'],
  [/^https:\/\/.*(?<=com)$/, 'https://evil.com'],
  [/^https:\/\/.*(?!\.example\.com)$/, 'https://evil.io'],
  [/^https:\/\/.*(?<!\.example\.com)$/, 'https://evil.io'],
  [/^https:\/\/.+(\.example)?\.com$/, 'https://evil.com'],
  [/^https:\/\/[\w.:/]*app\.example\.com[\]\w.]*$/, 'https://app.example.com.evil.io'],
  [/^https:\/\/a\.com(b\.com)*$/, 'https://a.comb.com'],
  [/^https:\/\/x(\.com|y)+$/, 'https://x.comyy'],
  [/^https:\/\/\u0061pp\u002eexample.com$/, 'https://app.example-com'],
  [/^https:\/\/a\.com$/m, 'x\nhttps://a.com'],
  [/^https:\/\/a\.example\$/, 'https://a.example$.evil.io'],
  [/^http:\/\/10\d\.\d+\.\d+\.\d+$/, 'http://104.1.2.3'],
  [/^http:\/\/\d+\.\d+\.\d+\.\d+$/, 'http://104.1.2.3'],
  [/^http:\/\/192\.168\..*$/, 'http://192.168.evil.io']
]

/** Patterns that one long Origin header keeps busy for minutes. */
const slow: readonly RegExp[] = [
  /^https:\/\/(.+\.)*example\.com$/,
  /^https:\/\/(\S+\.)+example\.com$/,
  /^https:\/\/([a-z0-9-]+\.?)+\.example\.com$/,
  /^https:\/\/((?:a+)+\.)example\.com$/,
  /^https:\/\/(?:(?:a|a)+\.)*example\.com$/,
  /^https:\/\/.+-.+-.+-.+\.example\.com$/,
  /^https:\/\/.+-.+-.+-[a-z]{10,}\.example\.com$/,
  /^https:\/\/(a[^x]+\.)*example\.com$/,
  /^https:\/\/([x[^.]+\.)*example\.com$/, // a class with a dot in it
  /^https:\/\/(?:[a-z]+-){2,9}\.example\.com$/
]

for (const pattern of slow) {
  t.test(`${pattern} is refused, as it can take minutes`, async t => {
    t.throws(() => bootWith(pattern), { code: 'METABASE_SSO_ORIGIN_INVALID', message: /keep busy for minutes/ })
  })
}

t.test('an origin that is longer than any of a browser is compared with no pattern', async t => {
  const { origin } = bootWith(/^https:\/\/[^.]+\.example\.com$/)
  const listed = (label: string) => isListed(origin as readonly RegExp[], `https://${label}.example.com`)
  t.strictSame([listed('a'.repeat(63)), listed('a'.repeat(300))], [true, false])
})

for (const [pattern, lets] of hostile) {
  t.test(`the pattern ${pattern.source} is refused when the app boots`, async t => {
    t.match(lets, pattern, 'it would let a stranger in')
    for (const origin of [pattern, [/^https:\/\/a\.com$/, pattern]]) {
      t.throws(() => bootWith(origin), {
        code: 'METABASE_SSO_ORIGIN_INVALID',
        message: /anchor it at both ends, and end it in your domain with each dot escaped/
      })
    }
  })
}

/** Patterns, each with an origin that it is meant for. */
const ordinary: ReadonlyArray<[pattern: RegExp, lets: string]> = [
  [/^https:\/\/app\.example\.com$/, 'https://app.example.com'],
  [/^https?:\/\/app\.example\.com$/i, 'http://app.example.com'],
  [/^https:\/\/app[.]example[.]com$/, 'https://app.example.com'],
  [/^https:\/\/app\.example\.com\/?$/, 'https://app.example.com'],
  [/^https:\/\/.+\.example\.com$/, 'https://a.b.example.com'],
  [/^https:\/\/.*\.example\.com$/, 'https://a.b.example.com'],
  [/^https:\/\/[^.]+\.example\.com$/, 'https://a.example.com'],
  [/^https:\/\/[a-z0-9-]+\.example\.com$/, 'https://a-1.example.com'],
  [/^https:\/\/[\w\-.]+\.example\.co\.uk$/, 'https://a-1.example.co.uk'],
  [/^https:\/\/pr-\d+\.preview\.example\.com$/, 'https://pr-12.preview.example.com'],
  [/^https:\/\/([^.]+\.)?example\.com$/, 'https://example.com'],
  [/^https:\/\/(?:[a-z]+\.)*example\.com$/, 'https://a.b.example.com'],
  [/^https:\/\/([a-z]+\.){1,2}example\.com$/, 'https://a.b.example.com'],
  [/^https:\/\/(?:[a-z]+[.])*example[.]com$/, 'https://a.b.example.com'],
  [/^https:\/\/[a-z]+[.]example[.]com$/, 'https://a.example.com'],
  [/^https:\/\/(?:eu-[a-z]+\.)*example\.com$/, 'https://eu-a.eu-b.example.com'],
  [/^https:\/\/(?:eu\.)*example\.com$/, 'https://eu.example.com'],
  [/^https:\/\/(?:[a-z]{10,63}\.)*example\.com$/, 'https://abcdefghij.example.com'],
  [/^https:\/\/(?:[a-z]{2}\.)*example\.com$/, 'https://eu.de.example.com'],
  [/^https:\/\/(?:www\.)(?:[a-z]+\.)*example\.com$/, 'https://www.a.example.com'],
  [/^https:\/\/(?:[^./:]+\.)*example\.com$/, 'https://a.b.example.com'],
  [/^https:\/\/(?:[^/:.]+\.)*example\.com$/, 'https://a.b.example.com'],
  [/^https:\/\/(?:[\w-]+\.)*example\.com$/, 'https://a.b.example.com'],
  [/^https:\/\/(?<host>a\.com|b\.com)$/, 'https://b.com'],
  [/^https:\/\/example\.com(?!\.)$/, 'https://example.com'],
  [/^https:\/\/(www\.|app\.)?example\.(com|org)$/, 'https://app.example.org'],
  [/^https:\/\/(?:a\.com|b\.com)(?::\d+)?$/, 'https://b.com:8443'],
  [/^https:\/\/(?<host>a|b)\.example\.com$/, 'https://b.example.com'],
  [/^https:\/\/(?!admin)[a-z]+\.example\.com$/, 'https://a.example.com'],
  [/^https:\/\/app\.example\.com:[0-9]{4}$/, 'https://app.example.com:8443'],
  [/^(https:\/\/a\.com|http:\/\/localhost:(3000|5173))$/, 'http://localhost:5173'],
  [/^http:\/\/localhost:\d+$/, 'http://localhost:3000'],
  [/^http:\/\/localhost\:\d+$/, 'http://localhost:3000'], // eslint-disable-line no-useless-escape
  [/^https?:\/\/localhost(:\d{1,5})?$/, 'http://localhost'],
  [/^http:\/\/[a-z]+\.localhost:\d+$/, 'http://acme.localhost:3000'],
  [/^http:\/\/(localhost|127\.0\.0\.1):\d+$/, 'http://127.0.0.1:3000'],
  [/^http:\/\/192\.168\.\d{1,3}\.\d{1,3}(:\d+)?$/, 'http://192.168.1.20:5173'],
  [/^http:\/\/10\.\d+\.\d+\.\d+:5173$/, 'http://10.0.0.7:5173'],
  [/^capacitor:\/\/localhost$/, 'capacitor://localhost']
]

for (const [pattern, lets] of ordinary) {
  t.test(`the pattern ${pattern.source} is taken`, async t => {
    t.match(lets, pattern)
    t.strictSame(bootWith(pattern).origin, [pattern])
  })
}
