import { el } from './dom.js'

/** Shows how long a JWT or a session is good for. */
export function countdown ({ iat, exp }) {
  const text = el('span', { role: 'timer' })
  const meter = el('progress', { max: exp - iat, ariaLabel: 'Time left' })
  const element = el('div.countdown', { tick }, text, meter)

  function tick () {
    const left = Math.max(0, exp - Math.floor(Date.now() / 1000))
    text.textContent = left > 0 ? `Good for ${minutes(left)} more` : 'Expired: the SDK asks again by now'
    meter.value = left
  }

  tick()
  return element
}

setInterval(() => document.querySelectorAll('.countdown').forEach(element => element.tick()), 1000)

const minutes = seconds => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
