import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { startDemo } from './demo-process.js'
import { Visitor } from '../helpers/visitor.js'

const demo = startDemo(t)

const faults = [
  ['wrongSecret', 'v61', { id: 'secret', status: 'fail', fix: /^Copy the JWT signing key/ }],
  ['sdkEmbeddingOff', 'v61', { id: 'embedding', status: 'warn', summary: 'the React SDK is off in Metabase' }],
  ['sdkEmbeddingOff', 'v55', { id: 'embedding', status: 'fail', summary: /sign-ins need it up to version 55$/ }],
  ['metabaseDown', 'v61', { id: 'response', status: 'fail', summary: /^Metabase cannot be reached/ }]
] as const

interface Check { id: string, status: string }

for (const [fault, version, expected] of faults) {
  t.test(`the demo tells what diagnose() finds: ${fault} of ${version}`, async t => {
    const visitor = new Visitor(await demo.url)
    await visitor.post('/demo/switches', { [fault]: true, version })
    const { checks } = await visitor.getJson('/demo/diagnosis')
    t.match(checks.filter(({ status }: Check) => status === 'fail' || status === 'warn'), [expected])
    t.equal(checks.filter(({ status }: Check) => status === 'fail' || status === 'warn').length, 1)

    await visitor.post('/demo/switches', { [fault]: false, version: 'v61' })
    const right = await visitor.getJson('/demo/diagnosis')
    t.equal(right.ok, true)
    t.strictSame(right.checks.filter(({ status }: Check) => status !== 'pass'), [])
  })
}

/** An element of a page, as far as the demo needs one: setting HTML throws. */
class FakeElement {
  children: unknown[] = []
  className = ''
  hidden = false
  textContent = ''
  constructor (readonly name: string) {}

  get innerHTML (): string { return '' }
  set innerHTML (_html: string) { throw new Error('the page reads HTML') }
  append (...children: unknown[]): void { this.children.push(...children) }
  replaceChildren (...children: unknown[]): void { this.children = children }
  get texts (): string[] {
    return this.children.flatMap(child => child instanceof FakeElement ? child.texts : [String(child)])
  }
}

t.test('the page shows a report as text, and hides it where all is right', async t => {
  const hostile = '<img src=x onerror=alert(1)>'
  const texts = { summary: hostile, detail: hostile, fix: hostile }
  const check = { id: 'metabase', status: 'fail', ...texts, docs: 'https://a.example' }
  t.capture(globalThis, 'fetch', async () => ({ ok: true, json: async () => ({ ok: false, checks: [check] }) }))
  Object.assign(globalThis, { document: { createElement: (name: string) => new FakeElement(name) } })
  t.teardown(() => { Reflect.deleteProperty(globalThis, 'document') })

  const { createReport } = await import(pathToFileURL(resolve('examples/demo/public/report.js')).href)
  const { element, update } = createReport()
  t.equal(element.hidden, true)
  t.equal(await update(true), true)
  t.equal(element.hidden, false)
  t.equal(element.texts.filter((text: string) => text.includes(hostile)).length, 4, 'as text')
  t.equal(await update(false), false)
  t.equal(element.hidden, true)
})

t.test('no script of the demo has a browser read HTML', async t => {
  for (const folder of ['examples/demo/public', 'examples/demo/sdk']) {
    for (const name of readdirSync(folder).filter(name => name.endsWith('.js'))) {
      const script = readFileSync(`${folder}/${name}`, 'utf8')
      t.notMatch(script, /(inner|outer)HTML|insertAdjacentHTML|document\.write/, name)
    }
  }
})
