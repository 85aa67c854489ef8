import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { GuestSchema } from '../../lib/options/guest.js'
import { OptionsSchema } from '../../lib/options/schema.js'

export const readme = readFileSync('README.md', 'utf8')

/** The README's code blocks of one language. */
export const snippets = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, code = '']) => code)

const cell = (text: string) => text.replaceAll('|', '\\|')
const table = (head: string[], rows: string[][]) =>
  [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.map(cell).join(' | ')} |`).join('\n')

/** An options table as it follows from its schema. */
export function optionsTable (schema: typeof OptionsSchema | typeof GuestSchema = OptionsSchema): string {
  const rows = Object.entries(schema.entries).map(([name, schema]) => {
    const { type, default: defaultValue, meaning } = v.getMetadata(schema)
    return [`\`${name}\``, String(type), String(defaultValue), String(meaning)]
  })
  return table(['Option', 'Type', 'Default', 'Meaning'], rows)
}

type ErrorRows = Readonly<Record<string, readonly [number, string, string, string]>>

/** An error table as it follows from the rows in lib/errors.ts. */
export function errorTable (rows: ErrorRows, withStatus: boolean): string {
  return table(['Code', ...(withStatus ? ['Status'] : []), 'Meaning', 'What to do'], Object.entries(rows).map(([code, [status, , message, hint]]) => [
    `\`${code}\``, ...(withStatus ? [String(status)] : []), message.replaceAll('"%s"%s', '"…"').replaceAll('%s', '…'), hint
  ]))
}
