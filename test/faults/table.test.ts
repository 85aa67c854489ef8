import t from 'tap'
import { errorCodes } from '../../index.js'
import { failureNames } from '../../testing/index.js'
import { failureTable } from '../helpers/failure-table.js'

t.test('the table of these tests has each failure of the stand-in', async t => {
  t.strictSame(Object.keys(failureTable).sort(), [...failureNames].sort())
})

t.test('the table of these tests speaks of codes and statuses that exist', async t => {
  for (const [code, status] of Object.values(failureTable)) {
    const Failure = new Map(Object.entries(errorCodes)).get(code)
    t.ok(Failure, code)
    t.match(Failure === undefined ? {} : new Failure(), { code, statusCode: status })
  }
})
