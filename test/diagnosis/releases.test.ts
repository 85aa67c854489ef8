import t from 'tap'
import { diagnose } from '../../lib/diagnosis/diagnose.js'
import { faultsOf } from '../helpers/diagnosis.js'
import { json, ownMetabase } from '../helpers/own-metabase.js'

// Where a known fault of Metabase begins and ends.
const releases: Array<[tag: string, usesTenants: boolean, status: 'pass' | 'warn' | 'fail']> = [
  ['v1.46.6', false, 'fail'], ['v1.46.7', false, 'fail'], ['v1.49.30', false, 'fail'], ['v1.50.0', false, 'pass'],
  ['v1.55.9', false, 'pass'], ['v1.56.0', false, 'warn'], ['v1.56.6', false, 'warn'], ['v1.56.7', false, 'pass'],
  ['v1.57.1.9', false, 'warn'], ['v1.57.2', false, 'warn'], ['v1.57.2.2', false, 'warn'], ['v1.57.2.3', false, 'pass'],
  ['v1.57.3', false, 'pass'], ['v1.57.3', true, 'pass'], ['v1.58.0', true, 'warn'], ['v1.62.9', true, 'warn'],
  ['v1.63.1', true, 'warn'], ['v1.63.2', true, 'pass'], ['v1.64.0', true, 'pass'], ['v1.63.1', false, 'pass']
]
for (const [tag, usesTenants, status] of releases) {
  t.test(`diagnose knows the faults of ${tag} ${usesTenants ? 'with' : 'without'} tenants: ${status}`, async t => {
    const own = await ownMetabase(t, { properties: json(200, { version: { tag }, 'site-url': 'http://127.0.0.1' }) })
    const { checks } = await diagnose({ instanceUrl: own.url, usesTenants }, { only: ['instance'], skip: ['network'] })
    t.match(checks.find(({ id }) => id === 'version'), { status })
  })
}

for (const publicUrl of ['http://localhost:3000', 'http://bi.localhost', 'http://127.0.0.1:3000', 'http://[::1]:3000']) {
  t.test(`diagnose does not mind ${publicUrl} for pages on https: it is their own machine`, async t => {
    const settings = { instanceUrl: 'http://127.0.0.1:9', publicUrl, origins: ['https://app.example.com'] }
    t.strictSame(faultsOf(await diagnose(settings, { only: ['instance'] })), ['connection fail'])
  })
}

for (const publicUrl of ['http://localhost.example.com', 'http://notlocalhost', 'http://10.127.0.1']) {
  t.test(`diagnose minds ${publicUrl} for pages on https`, async t => {
    const settings = { instanceUrl: 'http://127.0.0.1:9', publicUrl, origins: ['https://app.example.com'] }
    t.strictSame(faultsOf(await diagnose(settings, { only: ['instance'] })), ['connection fail', 'https fail'])
  })
}
