import { readFileSync, readdirSync } from 'node:fs'
import t from 'tap'
import { snippets } from '../helpers/readme.js'

const projects = 'test/consumers'
const recipes = ['js', 'ts'].flatMap(snippets).filter(({ page }) => page.startsWith('docs/recipes/'))

t.test('each recipe is code that a project in test/consumers/ runs', async t => {
  const pages = new Set(recipes.map(({ page }) => page))
  for (const name of readdirSync('docs/recipes')) t.ok(pages.has(`docs/recipes/${name}`), `${name} has code`)
  for (const { page, code } of recipes) {
    const [, path = ''] = /^\/\/ (\S+)\n/.exec(code) ?? []
    t.equal(code, readFileSync(`${projects}/${path}`, 'utf8'), `${page}: ${path}`)
  }
})
