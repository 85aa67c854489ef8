import { answersOf } from './answers.js'
import { createCard } from './card.js'
import { byId } from './dom.js'
import { demo } from './host-app.js'
import { logLines } from './log-lines.js'
import { showMetabase } from './metabase-panel.js'
import { isWrong, summaryOf } from './outcome.js'
import { showPerson } from './person-panel.js'
import { createReport } from './report.js'

const state = await demo('state')
const { answers, logout } = answersOf(state)
const cards = new Map([...answers, logout].map(answer => [answer, createCard(answer)]))
const report = createReport()
byId('cards').append(report.element)
let last = Promise.resolve()

byId('sdk').hidden = !state.hasSdk
showPerson(state)
showMetabase(state, askAll)
byId('ask').addEventListener('click', askAll)
byId('logout').addEventListener('click', event => {
  event.preventDefault() // the form would leave the page, and what the log-out has to show
  inTurn(signOut)
})
await askAll()

/** One thing after the other: they share a session and a frame. */
async function inTurn (work) {
  last = last.catch(() => {}).then(work)
  await last
}

async function askAll () {
  await inTurn(askRound)
}

async function askRound () {
  for (const answer of answers) cards.get(answer).wait()
  const results = []
  for (const answer of answers) results.push(await askOne(answer))
  byId('summary').textContent = summaryOf(results)
  const isExplained = await report.update(isWrong(results, state.standIn?.positions))
  byId('cards').classList.toggle('explained', isExplained)
}

async function askOne (answer) {
  const { kind, title, success, ask } = answer
  let result
  try {
    const found = await ask()
    const receipt = await demo(`receipts/${kind}`)
    result = { title, success, ...receipt, ...(receipt.failure ? {} : found) }
    byId('log').replaceChildren(logLines(await demo('log')))
  } catch {
    result = { title, problem: 'The app gives no answer. Is the demo still running?' }
  }
  cards.get(answer).show(result)
  return result
}

async function signOut () {
  await askOne(logout)
  await fetch('/logout', { method: 'POST' })
  state.signedIn = null
  showPerson(state)
  byId('login').querySelector('.primary').focus() // the button that had it is gone
  await askRound()
}
