import { isPlainObject } from '../lib/values.js'
import type { RecordedCall } from './record.js'

/** Headers that clients of Metabase depend on. The name of any other may tell what the server is and whose. */
export const COMPARED = [
  'location', 'set-cookie', 'www-authenticate', 'access-control-allow-origin', 'access-control-allow-credentials',
  'access-control-allow-headers', 'content-security-policy', 'x-frame-options', 'retry-after'
]

/** Lists what a Metabase answers otherwise than the stand-in, a sentence each. */
export function compare (real: readonly RecordedCall[], standIn: readonly RecordedCall[]): string[] {
  const unmatched = [...standIn]
  const differences = real.flatMap(call => {
    const index = unmatched.findIndex(({ request }) => request === call.request)
    const [other] = index === -1 ? [] : unmatched.splice(index, 1)
    return other === undefined ? [`${call.request} was asked of Metabase alone`] : compareCall(call, other)
  })
  return [...differences, ...unmatched.map(({ request }) => `${request} was asked of the stand-in alone`)]
}

function compareCall (real: RecordedCall, standIn: RecordedCall): string[] {
  const differ = (what: string, one: unknown, other: unknown): string[] =>
    one === other ? [] : [`${real.request}: ${what} is ${JSON.stringify(one)}, of the stand-in ${JSON.stringify(other)}`]
  return [
    ...differ('status', real.status, standIn.status),
    ...differ('type', real.type, standIn.type),
    ...COMPARED.flatMap(name =>
      differ(`header ${name}`, real.headers.includes(name), standIn.headers.includes(name))),
    ...compareBody('body', real.body, standIn.body)
  ].slice(0, 10)

  /** Of objects, compares the fields that the stand-in has: it has those that clients read. */
  function compareBody (path: string, one: unknown, other: unknown): string[] {
    if (!isPlainObject(one) || !isPlainObject(other)) return differ(path, shown(one), shown(other))
    return Object.entries(other).flatMap(([name, value]) => compareBody(`${path}.${name}`, one[name], value))
  }
}

/** Arrays and objects are told by their kind. */
const shown = (value: unknown): unknown => isPlainObject(value) ? 'an object' : Array.isArray(value) ? 'a list' : value
