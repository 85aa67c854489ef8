import * as v from 'valibot'
import { isSecret, secretProblem, type Secret, type SecretFunction } from '../jwt/secret-provider.js'

/** Beside each option, what the README's table says of it. */
export interface OptionRow { type: string, default: string, meaning: string }

export const row = <Input>(type: string, defaultValue: string, meaning: string) =>
  v.metadata<Input, OptionRow & Record<string, string>>({ type, default: defaultValue, meaning })

export const isFunction = (value: unknown): boolean => typeof value === 'function'

export const BooleanSchema = v.custom<boolean>(value => typeof value === 'boolean', 'must be true or false')

export const PathSchema = v.custom<string>(value => typeof value === 'string' && /^\/[^\s?#*]*$/.test(value), 'must begin with / and hold no query, fragment, wildcard or white space')

export const wholeNumber = (unit: string, least: number, most: number) => v.custom<number>(
  value => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
  `must be a whole number of ${unit} from ${least} to ${most}`)

/** Two weeks, the life of a Metabase session. */
export const TokenLifetimeSchema = wholeNumber('seconds', 1, 1_209_600)

export const SecretSchema = v.pipe(
  // undefined is what an environment variable gives that is not set: the types let it through to the better message.
  v.custom<Secret | SecretFunction | undefined>(value => value === undefined || isSecret(value) || isFunction(value), 'must be a string, a Buffer or a function'),
  v.custom<Secret | SecretFunction>(secret => secret !== undefined, 'METABASE_SSO_SECRET_MISSING'),
  v.check(secret => !isSecret(secret) || secretProblem(secret) === undefined, ({ input }) => String(isSecret(input) && secretProblem(input))),
  v.transform(copy)
)

export const PreviousSecretSchema = v.pipe(
  v.custom<Secret>(isSecret, 'must be a string or a Buffer'),
  v.check(secret => secretProblem(secret) === undefined, ({ input }) => String(secretProblem(input))),
  v.transform(copy)
)

/** The caller may wipe or reuse its Buffer. */
function copy<T> (secret: T | Buffer): T | Buffer {
  return Buffer.isBuffer(secret) ? Buffer.from(secret) : secret
}
