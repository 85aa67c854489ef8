import { answersOf, leaveMetabase } from './answers.js'
import { createCard } from './card.js'
import { byId, el } from './dom.js'
import { demo } from './host-app.js'
import { logLines } from './log-lines.js'
import { showMetabase } from './metabase-panel.js'
import { showPerson } from './person-panel.js'
import { summary } from './summary.js'

const state = await demo('state')
const frame = el('iframe', { title: 'What Metabase shows in the frame' })
const cards = answersOf(state.instanceUrl, frame).map(answer => ({ ...answer, card: createCard(answer) }))
cards.at(-1).card.hold(frame)

let running = false
let again = false

byId('sdk').hidden = !state.hasSdk
showPerson(state)
showMetabase(state, { askAll, signOut })
byId('ask').addEventListener('click', askAll)
if (state.signedIn === null) {
  byId('summary').textContent = 'Sign in to see the three answers, or ask as a visitor.'
  await leaveMetabase(state.instanceUrl, frame)
} else {
  await askAll()
}

/** Asks all three, one after the other. Wishes that come meanwhile are met by one more round. */
async function askAll () {
  again = true
  if (running) return
  running = true
  while (again) {
    again = false
    await askRound()
  }
  running = false
}

async function askRound () {
  for (const { card } of cards) card.wait()
  const results = []
  for (const answer of cards) results.push(await askOne(answer))
  byId('summary').textContent = summary(results)
}

async function askOne ({ kind, title, ask, card }) {
  let result
  try {
    const found = await ask()
    const receipt = await demo(`receipts/${kind}`)
    result = { title, ...receipt, ...(receipt.failure ? {} : found) }
    byId('log').replaceChildren(logLines(await demo('log')))
  } catch {
    result = { title, problem: 'The app gives no answer. Is the demo still running?' }
  }
  card.show(result)
  return result
}

/** The same as the button does, without leaving the page: what a visitor gets is asked right away. */
async function signOut () {
  await fetch('/logout', { method: 'POST' })
  state.signedIn = null
  showPerson(state)
  await leaveMetabase(state.instanceUrl, frame)
  await askAll()
}
