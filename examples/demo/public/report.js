import { el } from './dom.js'
import { demo } from './host-app.js'
import { withCode } from './log-lines.js'

const isFault = ({ status }) => status === 'fail' || status === 'warn'

/**
 * Makes the place in which the page says what `diagnose()` finds. It is hidden until something is wrong.
 * @returns {{ element: HTMLElement, update: (isWrong: boolean) => Promise<boolean> }} `update` asks the host app, and
 *   tells whether a check fails
 */
export function createReport () {
  const element = el('section.panel', { id: 'report', hidden: true, ariaLabel: 'What diagnose() finds' })

  async function update (isWrong) {
    const { ok, checks } = isWrong ? await demo('diagnosis') : { ok: true, checks: [] }
    const faults = checks.filter(isFault)
    element.hidden = faults.length === 0
    element.replaceChildren(
      el('div.bar', null, el('h3', null, 'What ', el('code', null, 'diagnose()'), ' finds'), badge(ok)),
      ...faults.map(fault),
      el('details', null, el('summary', null, `All ${checks.length} checks`), list(checks))
    )
    return !ok
  }

  return { element, update }
}

const badge = ok => ok ? el('span.badge.quiet', null, 'Warning') : el('span.badge.bad', null, 'Failed')

const fault = ({ id, status, summary, fix, docs }) => el(`div.verdict.${status === 'fail' ? 'bad' : 'quiet'}`, null,
  el('p', null, ...withCode(summary)),
  el('p.hint', null, ...withCode(fix), ' ',
    el('a', { href: docs, target: '_blank', rel: 'noreferrer' }, `More on ${id}`)))

const list = checks => el('ul.log.sunk', null, ...checks.map(({ id, status, summary, detail }) => el('li', null,
  el('strong', null, status), ` ${id}: `, ...withCode(summary),
  detail && el('span.quiet', null, ` (${detail})`))))
