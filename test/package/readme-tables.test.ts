import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { errorCodes, type MetabaseSsoError, type MetabaseSsoErrorCode } from '../../index.js'
import { checkRows } from '../../lib/diagnosis/checks.js'
import { bootRows, requestRows } from '../../lib/errors.js'
import { pages, readPage } from '../helpers/readme.js'

interface DocsTables {
  places: Record<string, string>
  makeTables (rows: object): Record<string, string>
  fillTables (markdown: string, tables: Record<string, string>): string
}

const { places, makeTables, fillTables }: DocsTables = await import(pathToFileURL(resolve('tools/docs-tables.js')).href)

t.test('the tables of options and errors are what the code says', async t => {
  const tables = makeTables({ bootRows, requestRows, checkRows })
  for (const page of [...pages, 'llms.txt']) {
    const markdown = readPage(page)
    t.equal(
      fillTables(markdown, tables), markdown, `${page} is up to date: else run \`npm run build && npm run docs:tables\``
    )
  }
  t.strictSame(Object.keys(places), Object.keys(tables))
  for (const [name, page] of Object.entries(places)) {
    t.ok(
      readPage(page).includes(`\n<!-- /${name} -->\n`), `${page} has the table ${name}`
    )
  }
})

t.test('docs:tables refuses a marker without a table', async t => {
  t.throws(() => fillTables('<!-- other -->\n<!-- /other -->', {}), { message: 'there is no table "other"' })
})

t.test('every code has its class, which carries the row’s code, status and hint', async t => {
  const rows = { ...bootRows, ...requestRows }
  t.strictSame(Object.keys(errorCodes), Object.keys(rows))
  for (const [code, { status: statusCode, public: publicMessage, hint }] of Object.entries(rows)) {
    const Class = errorCodes[code as MetabaseSsoErrorCode] as new (...details: unknown[]) => MetabaseSsoError
    const error = new Class('detail', 'detail')
    t.ok(error instanceof Class)
    t.match(error, { code, statusCode, hint })
    t.equal(error.publicMessage, publicMessage)
  }
})

const IMPERATIVES = /^(Add|Call|Check|Copy|Create|Expect|Get|Give|Have|Ignore|Let|Link|Look|Name|Pass|Reactivate|Register|Return|See|Send|Set|Switch|Upgrade|Write) /

t.test('every hint begins with what to do', async t => {
  for (const [code, { hint, guestHint }] of Object.entries({ ...bootRows, ...requestRows })) {
    t.match(hint, IMPERATIVES, code)
    t.match(guestHint, IMPERATIVES, code)
  }
})
