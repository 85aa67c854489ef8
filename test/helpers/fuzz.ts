import fc from 'fast-check'
import type { LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import type { MetabaseStandIn } from '../../testing/index.js'
import { EMBEDDING_SECRET } from './guest.js'
import { ORIGIN, SECRET, SESSION_SECRET } from './host.js'

/** `npm run fuzz` checks 20 times the cases: over 100,000 of requests and records, and as many of options. */
const { FUZZ_TIMES = '1', FUZZ_SEED = String(Date.now() % 2 ** 31) } = process.env

/**
 * Checks cases, none of which may hang, and prints the seed with which they can be run again: FUZZ_SEED=… npm run t
 * fuzz/…
 */
export async function fuzz<T> (
  t: Test, arbitrary: fc.Arbitrary<T>, runs: number, holds: (value: T) => Promise<unknown>
): Promise<void> {
  const [seed, numRuns] = [Number(FUZZ_SEED), runs * Number(FUZZ_TIMES)]
  const note = `${t.name}: ${numRuns} cases, seed ${seed}`
  if (FUZZ_TIMES === '1') t.comment(note)
  else console.log(note)
  await fc.assert(fc.asyncProperty(arbitrary, async value => {
    await holds(value)
  }), { seed, numRuns, timeout: 20_000 })
}

/** What Node lets into a header. */
export const headerValue = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map(code => String.fromCharCode(code)), maxLength: 100 }),
  fc.constantFrom(
    'null',
    '*',
    ORIGIN,
    `${ORIGIN}.evil.example`,
    'https://evil.example',
    'navigate',
    'cors',
    'document',
    'iframe',
    'empty',
    'text/html',
    'application/json',
    'cross-site',
    'same-site',
    ''
  )
)

export const headers = fc.dictionary(
  fc.constantFrom(
    'origin',
    'accept',
    'sec-fetch-mode',
    'sec-fetch-dest',
    'sec-fetch-site',
    'referer',
    'x-forwarded-host',
    'x-forwarded-proto',
    'authorization',
    'content-type',
    'access-control-request-method',
    'access-control-request-headers',
    'x-metabase-client',
    'if-none-match',
    'cookie'
  ),
  headerValue,
  { maxKeys: 6 })

/** What must hold for every answer, whatever was asked. */
export function checkAnswer (
  response: LightMyRequestResponse, origin: string | undefined, { url }: Pick<MetabaseStandIn, 'url'>
): void {
  const { statusCode, headers, body } = response
  if (statusCode >= 500) throw new Error(`${statusCode}: ${body}`)
  const all = JSON.stringify(headers) + body
  for (const secret of [SECRET, SESSION_SECRET, EMBEDDING_SECRET]) {
    if (all.includes(secret)) {
      throw new Error(
        'a secret was told'
      )
    }
  }
  const allowed = headers['access-control-allow-origin']
  if (allowed !== undefined && (allowed !== ORIGIN || origin !== ORIGIN)) {
    throw new Error(
    `${String(allowed)} may read the answer to ${origin}`
    )
  }
  if (headers.location === undefined) return
  const location = new URL(headers.location, 'http://host.invalid')
  const returnTo = location.searchParams.get('return_to')
  if (returnTo === null) throw new Error(`no return_to in ${headers.location}`)
  // As a browser reads it that Metabase sends there, and as Jetty writes it: with spaces for characters above U+00FF.
  const ends = [returnTo, returnTo.replace(/[^\x20-\xff]/g, ' ')].map(text => new URL(text, url))
  const instance = new URL(url)
  if ([location, ...ends].some(end => end.origin !== instance.origin)) {
    throw new Error(
    `redirected to ${headers.location}`
    )
  }
}
