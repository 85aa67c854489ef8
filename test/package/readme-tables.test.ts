import t from 'tap'
import { errorCodes } from '../../index.js'
import { GuestSchema } from '../../lib/options/guest.js'
import { bootRows, requestRows } from '../../lib/errors.js'
import { errorTable, optionsTable, readme } from '../helpers/readme.js'

t.test('the README’s options tables are what the schemas say', async t => {
  for (const table of [optionsTable(), optionsTable(GuestSchema)]) t.ok(readme.includes(`\n\n${table}\n\n`), `the table should be:\n${table}`)
})

t.test('the README’s error tables are what the code says', async t => {
  for (const table of [errorTable(requestRows, true), errorTable(bootRows, false)]) {
    t.ok(readme.includes(`\n\n${table}\n\n`), `the table should be:\n${table}`)
  }
})

t.test('every code has its class, which carries the row’s code, status and hint', async t => {
  const rows = { ...bootRows, ...requestRows }
  t.strictSame(Object.keys(errorCodes), Object.keys(rows))
  for (const [code, [statusCode, publicMessage, , hint]] of Object.entries(rows)) {
    const error = new errorCodes[code as keyof typeof rows]('detail')
    t.ok(error instanceof errorCodes[code as keyof typeof rows])
    t.match(error, { code, statusCode, hint })
    t.equal(error.publicMessage, publicMessage)
  }
})
