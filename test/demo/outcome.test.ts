import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'

// A script of the page, which needs no browser.
const { isWrong, outcomeOf, summaryOf } = await import(pathToFileURL(resolve('examples/demo/public/outcome.js')).href)

const success = 'Signed in'
const good = { title: 'A JWT', success, status: 200, user: { name: 'Ann Lee' } }
const refusedRedirect = { title: 'A redirect', success, status: 302, problem: 'Metabase has not signed you in.' }
const visitor = { title: 'A session', success, status: 401, failure: { code: 'METABASE_SSO_NOT_AUTHENTICATED' } }

t.test('the demo shows a redirect that Metabase refuses as failed, not as a 302', async t => {
  t.same(outcomeOf(refusedRedirect), { word: 'Failed', tone: 'bad' })
  t.match(summaryOf([good, refusedRedirect]), 'Metabase does not let you in by a redirect.')
})

t.test('the demo shows a visitor\'s 401 quietly', async t => {
  t.same(outcomeOf(visitor), { word: 'Not signed in', tone: 'quiet' })
  t.match(summaryOf([visitor, visitor]), /^You are not signed in to the app/)
})

t.test('the demo shows what Metabase takes as good', async t => {
  t.same(outcomeOf(good), { word: 'Signed in', tone: 'good' })
  t.match(summaryOf([good, good]), /^All answers are in/)
})

t.test('the demo asks what is wrong where an answer failed, or a switch is set', async t => {
  t.equal(isWrong([good, refusedRedirect]), true)
  t.equal(isWrong([visitor], { version: 'v61', wrongSecret: true }), true)
  t.equal(isWrong([good, visitor], { version: 'v61', wrongSecret: false }), false)
})

t.test('the demo leaves it to the frame where it cannot see the cookie', async t => {
  t.same(outcomeOf({ success, status: 302, note: 'The frame shows it.' }), { word: 'See the frame', tone: 'quiet' })
})
