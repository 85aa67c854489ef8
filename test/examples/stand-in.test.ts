import { readFile } from 'node:fs/promises'
import { parseEnv } from 'node:util'
import t from 'tap'
import { startApp } from '../helpers/app-process.js'
import { startExample } from '../helpers/example.js'
import { Visitor } from '../helpers/visitor.js'

t.test('with example.env alone the examples sign in to the stand-in', async t => {
  const env = parseEnv(await readFile('examples/example.env', 'utf8')) as Record<string, string>
  const anywhere = Object.keys(env).filter(name => name.endsWith('INSTANCE_URL')).map(name =>
    [name, 'http://127.0.0.1:0'])
  const standIn = startApp(
    t, 'examples/stand-in.js', { ...env, ...Object.fromEntries(anywhere) }, /(?:[^\n]*Metabase is at (\S+)\n){3}/
  )
  await standIn.url
  const [main = '', eu = '', us = ''] = [...standIn.output().matchAll(/Metabase is at (\S+)/g)].map(([, url = '']) =>
    url)

  const [one, several] = [
    startExample(t, 'session-cookie', { ...env, METABASE_INSTANCE_URL: main }),
    startExample(t, 'several-instances', { ...env, EU_METABASE_INSTANCE_URL: eu, US_METABASE_INSTANCE_URL: us })
  ]
  for (const [url, paths] of [
    [await one.url, ['/sso/metabase']], [await several.url, ['/sso/eu', '/sso/us']]
  ] as const) {
    const visitor = new Visitor(url)
    await visitor.submitForm('/login')
    for (const path of paths) t.equal((await visitor.get(path)).status, 200, path)
  }
})
