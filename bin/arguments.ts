import { parseArgs } from 'node:util'
import { is } from 'valibot'
import { createClaimsCheck, type CheckedClaims, type ClaimNames } from '../lib/claims.js'
import { checkRows, type CheckId, type DiagnosisGroup } from '../lib/diagnosis/checks.js'
import { exactOrigins } from '../lib/diagnosis/diagnose.js'
import type { DiagnosisRequest, DiagnosisSettings } from '../lib/diagnosis/report.js'
import { MetabaseSsoError } from '../lib/errors.js'
import { docsUrl } from '../lib/package.js'
import { readOrigins } from '../lib/options/origin.js'
import { ClaimNamesEntries, readBaseUrl } from '../lib/options/schema.js'
import { similarName } from '../lib/options/similar-name.js'

/** What `doctor` was asked to do. */
export interface DoctorCommand {
  settings: DiagnosisSettings
  request: DiagnosisRequest
  isJson: boolean
  recordPath: string | undefined
}

/** The command cannot be understood. */
export class UsageError extends Error {}

const groups = [...new Set(Object.values(checkRows).map(({ group }) => group))]

/** Names of claims that an admin can rename, as a list. */
const CLAIMS = Object.keys(ClaimNamesEntries).join(', ')

export const HELP = `Finds out what keeps Metabase from signing in the users of your app.

  npx fastify-metabase-sso doctor [options]

  --instance-url URL  Metabase, as your server reaches it          (or METABASE_INSTANCE_URL)
  --public-url URL    Metabase, as browsers reach it               (or METABASE_PUBLIC_URL)
  --origin ORIGIN     a front end that embeds Metabase; repeatable (or METABASE_ORIGIN, with commas)
  --app-url URL       the deployed route, such as https://app.example.com/sso/metabase
                      (or METABASE_APP_URL): asks it from outside, too
  --timeout MS        milliseconds for the whole run, 1000 to 120000; default 15000
  --only GROUP        limits the run to a group of checks; repeatable
  --skip GROUP        leaves a group out; repeatable
                      groups: ${groups.join(', ')}
  --claims JSON       signs a user in for real, with claims such as '{"email":"ann@example.com"}', says what Metabase
                      made of it, and ends the session. Requires --allow-sign-in
  --claim-name A=B    the attribute B that Metabase has for the claim A, where an admin has renamed it; repeatable.
                      A is one of ${CLAIMS}
  --allow-sign-in     allows what --claims may change in Metabase: an account that does not exist is created, and
                      counts on your bill; one that was deactivated is woken; names, groups and attributes become those
                      of the claims. Without "@tenant" in the claims, a new account is internal
  --record FILE       writes what Metabase answered to each request, without any value of yours or its own, and
                      lists what a stand-in of the same version answers otherwise: to paste into a bug report
  --json              prints the report as JSON, and nothing else, on stdout
  --warn-on-network   lets the run succeed when only the network failed: for CI
  --version, --help

Secrets are read from the environment alone, as other users of the machine can see a command line:

  METABASE_JWT_SHARED_SECRET     the JWT signing key
  METABASE_EMBEDDING_SECRET_KEY  the embedding secret key, for guest embeds

What checks say of options of the plugin goes for these, too: \`instanceUrl\` is --instance-url, \`publicUrl\` is
--public-url, \`origin\` is --origin, \`timeout\` is --timeout, \`claimNames\` is --claim-name, \`mapUserToClaims\`
is --claims, and \`secret\` and \`guest.secret\` are the two keys.

Exit status: 0 when no check failed, 1 when one did or the time was over before all had run, 2 when the command cannot
be understood.
`

const OPTIONS = {
  'instance-url': { type: 'string' },
  'public-url': { type: 'string' },
  origin: { type: 'string', multiple: true },
  'app-url': { type: 'string' },
  timeout: { type: 'string' },
  only: { type: 'string', multiple: true },
  skip: { type: 'string', multiple: true },
  claims: { type: 'string' },
  'claim-name': { type: 'string', multiple: true },
  'allow-sign-in': { type: 'boolean' },
  record: { type: 'string' },
  json: { type: 'boolean' },
  'warn-on-network': { type: 'boolean' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' }
} as const

/** What else the options are called. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  'instance-url': ['url', 'host', 'instance', 'metabase-url', 'site-url', 'base-url'],
  'public-url': ['external-url', 'browser-url'],
  origin: ['origins', 'cors', 'front-end', 'frontend'],
  'app-url': ['app', 'route', 'sso-url'],
  only: ['group', 'check'],
  skip: ['except', 'exclude'],
  claims: ['user', 'email'],
  record: ['output', 'file']
}

/**
 * Reads the command line and the environment.
 * @throws {UsageError} says what is wrong with them
 */
export function readArguments (
  args: readonly string[], env: Readonly<Record<string, string | undefined>>
): DoctorCommand | 'help' | 'version' {
  refuseUnknown(args)
  const { values, positionals } = usable(() => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true }))
  if (values.version) return 'version'
  if (values.help || args.length === 0) return 'help'
  if (positionals.length !== 1 || positionals[0] !== 'doctor') throw new UsageError('The command is `doctor`.')

  const text = (name: string): string | undefined => env[name]?.trim() === '' ? undefined : env[name]
  const url = (value: string | undefined, name: string): string | undefined =>
    value === undefined ? undefined : usable(() => readBaseUrl(name)(value))
  const instanceUrl = url(values['instance-url'] ?? text('METABASE_INSTANCE_URL'), '--instance-url')
  if (instanceUrl === undefined) {
    throw new UsageError('Pass --instance-url, or set METABASE_INSTANCE_URL. npx does not read .env: see ' +
      docsUrl('getting-started.md', 'a-real-metabase'))
  }
  const origin = values.origin ?? text('METABASE_ORIGIN')?.split(',').map(origin => origin.trim())
  const secret = text('METABASE_JWT_SHARED_SECRET')
  const guestSecret = text('METABASE_EMBEDDING_SECRET_KEY')
  const claimNames = readClaimNames(values['claim-name'] ?? [])
  const claims = readClaims(values.claims, values['allow-sign-in'] === true, claimNames)
  if (claims !== undefined && secret === undefined) throw new UsageError('Set METABASE_JWT_SHARED_SECRET, too.')
  const only = values.only && readGroups(values.only)
  if (only?.includes('secret') && secret === undefined) {
    throw new UsageError('Set METABASE_JWT_SHARED_SECRET: the checks of the group secret require it.')
  }

  return {
    settings: {
      instanceUrl,
      publicUrl: url(values['public-url'] ?? text('METABASE_PUBLIC_URL'), '--public-url'),
      appUrl: url(values['app-url'] ?? text('METABASE_APP_URL'), '--app-url'),
      origins: origin && usable(() => exactOrigins(readOrigins(origin))),
      secret: secret === undefined ? undefined : [secret],
      guestSecret: guestSecret === undefined ? undefined : [guestSecret],
      claimNames,
      timeout: readTimeout(values.timeout)
    },
    request: {
      claims: claims && (() => claims),
      only,
      skip: readGroups(values.skip ?? []),
      tolerated: values['warn-on-network'] ? ['network'] : []
    },
    isJson: values.json === true,
    recordPath: values.record
  }
}

function refuseUnknown (args: readonly string[]): void {
  const lenient = { allowPositionals: true, strict: false, tokens: true } as const
  const { tokens } = parseArgs({ args: [...args], options: OPTIONS, ...lenient })
  for (const token of tokens) {
    if (token.kind !== 'option' || Object.hasOwn(OPTIONS, token.name)) continue
    const { name, rawName } = token
    if (/secret|key/i.test(name)) {
      const variable = /embed|guest/i.test(name) ? 'METABASE_EMBEDDING_SECRET_KEY' : 'METABASE_JWT_SHARED_SECRET'
      throw new UsageError(`There is no option ${rawName}. Secrets are read from the environment alone, this one from ` +
        `${variable}.`)
    }
    const similar = similarName(name, Object.keys(OPTIONS), OTHER_NAMES)
    throw new UsageError(`There is no option ${rawName}.${similar === undefined ? '' : ` Did you mean --${similar}?`}`)
  }
}

/** Calls a function that checks input: what it throws is a fault of the command. */
function usable<T> (read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof MetabaseSsoError) throw new UsageError(sentencesOf(error))
    throw new UsageError((error as Error).message) // of `parseArgs`
  }
}

/** What an error of an option says, with the option's name on the command line. */
function sentencesOf ({ message, hint }: MetabaseSsoError): string {
  const named = message.replace(/^fastify-metabase-sso: option "(?:--)?([\w-]+)"/, '--$1')
  return message.endsWith(hint) ? named : `${named}\n${hint}`
}

function readTimeout (text: string | undefined): number {
  if (text === undefined) return 15_000
  const timeout = Number(text)
  if (Number.isInteger(timeout) && timeout >= 1000 && timeout <= 120_000) return timeout
  throw new UsageError('--timeout must be a whole number of milliseconds from 1000 to 120000.')
}

function readGroups (names: readonly string[]): DiagnosisGroup[] {
  return names.flatMap(name => name.split(',')).map(name => name.trim()).map(name => {
    const group = groups.find(group => group === name)
    if (group !== undefined) return group
    const check = isCheck(name) ? `: the check ${name} is of the group ${checkRows[name].group}` : ''
    throw new UsageError(`There is no group "${name}"${check}. Groups: ${groups.join(', ')}.`)
  })
}

const isCheck = (name: string): name is CheckId => Object.hasOwn(checkRows, name)

const isClaim = (name: string): name is keyof ClaimNames => Object.hasOwn(ClaimNamesEntries, name)

/** @param pairs such as `email=mail` */
function readClaimNames (pairs: readonly string[]): ClaimNames {
  return Object.fromEntries(pairs.map(pair => {
    const [, name = '', attribute = ''] = /^(\w+)=(.+)$/s.exec(pair) ?? []
    if (isClaim(name) && is(ClaimNamesEntries[name], attribute)) return [name, attribute]
    throw new UsageError(`--claim-name must be such as email=mail, for one of ${CLAIMS}.`)
  }))
}

function readClaims (
  text: string | undefined, isAllowed: boolean, claimNames: ClaimNames
): CheckedClaims | undefined {
  if (text === undefined) return undefined
  if (!isAllowed) {
    throw new UsageError('--claims signs a user in: an account may be created, and billed, or woken. Pass ' +
      '--allow-sign-in if you want that.')
  }
  let claims: unknown
  try {
    claims = JSON.parse(text)
  } catch { // whose message quotes the text
    throw new UsageError('--claims must be JSON, such as \'{"email":"ann@example.com"}\'.')
  }
  return usable(() => createClaimsCheck(claimNames)(claims))
}
