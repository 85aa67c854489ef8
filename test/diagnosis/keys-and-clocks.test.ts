import t, { type Test } from 'tap'
import { diagnose } from '../../lib/diagnosis/diagnose.js'
import { setUp } from '../helpers/diagnosis.js'
import { SECRET } from '../helpers/host.js'

const OTHER = 'e'.repeat(64)

/** Diagnoses a Metabase with these candidates for its signing key, and a clock that is so many seconds ahead. */
async function run (t: Test, secret: readonly [string, ...string[]], clockAhead = 0) {
  const { metabase, settings } = await setUp(t)
  metabase.settings.clockAhead = clockAhead
  const { checks } = await diagnose({ ...settings, secret })
  return {
    requests: metabase.requests.length,
    check: (name: string) => checks.find(({ id }) => id === name)
  }
}

t.test('diagnose does not take white space or quotes for the fault of a key that is wrong without', async t => {
  for (const key of [` ${OTHER}\n`, `"${OTHER}"`]) {
    const { check } = await run(t, [key])
    t.match(check('secret'), { status: 'fail', summary: '`secret` is not the JWT signing key of Metabase' })
  }
})

t.test('diagnose offers Metabase no other key once it has found the right one', async t => {
  const alone = await run(t, [SECRET])
  t.equal((await run(t, [SECRET, OTHER])).requests, alone.requests)
})

for (const secret of [[SECRET, OTHER], [OTHER, SECRET]] as const) {
  t.test(`diagnose finds the clocks by whichever key is right: ${secret.indexOf(SECRET) + 1}`, async t => {
    const { check } = await run(t, secret, 300)
    t.match(check('clock'), { status: 'fail', summary: /^Metabase finds a fresh JWT too old/ })
  })
}

for (const [seconds, detail] of [
  [300, /^Metabase is \d+ s ahead; 0 of 180 s left$/],
  [100, /^Metabase is \d+ s ahead; \d+ of 180 s left$/],
  [-3600, /^Metabase is \d+ s behind; 180 of 180 s left$/]
] as const) {
  t.test(`diagnose says by how much the clocks differ: ${seconds} s`, async t => {
    const text = String((await run(t, [SECRET], seconds)).check('clock')?.detail)
    t.match(text, detail)
    const [difference = 0, left] = [...text.matchAll(/(\d+) (?:s|of)/g)].map(([, number]) => Number(number))
    t.ok(difference > 60)
    if (seconds > 0) t.equal(left, Math.max(0, 180 - difference))
  })
}
