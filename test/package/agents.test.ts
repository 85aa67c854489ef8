import t from 'tap'
import { errorCodes } from '../../index.js'
import { GuestSchema, LogoutSchema, OptionsSchema } from '../../lib/options/schema.js'
import { readPage } from '../helpers/readme.js'

// That llms.txt lists every option and code is a test of readme-tables: both lists are made from the code.

for (const page of ['llms.txt', 'SKILL.md']) {
  t.test(`${page} names codes and options that there are`, async t => {
    const text = readPage(page)
    for (const [code] of text.matchAll(/METABASE_SSO_[A-Z_]+/g)) t.ok(code in errorCodes, code)
    const options = { ...OptionsSchema.entries, ...GuestSchema.entries, ...LogoutSchema.entries }
    for (const [, option = ''] of text.matchAll(/`(\w+): (?:true|\[|\{)/g)) t.ok(option in options, option)
  })
}

t.test('llms.txt has a line for each option and each code', async t => {
  const text = readPage('llms.txt')
  for (const option of Object.keys(OptionsSchema.entries)) t.match(text, new RegExp(`^- ${option}: `, 'm'))
  for (const option of Object.keys(GuestSchema.entries)) t.match(text, new RegExp(`^- guest\\.${option}: `, 'm'))
  for (const code of Object.keys(errorCodes)) t.match(text, new RegExp(`^- ${code} \\(\\d{3}\\): `, 'm'))
})

t.test('SKILL.md is a page, with what an agent needs to find it', async t => {
  const text = readPage('SKILL.md')
  const [, name, description = ''] = /^---\nname: (.*)\ndescription: (.*)\n---\n/.exec(text) ?? []
  t.equal(name, 'fastify-metabase-sso')
  t.match(description, /Metabase.*Fastify/)
  t.ok(description.length <= 1024, 'as long as agents read')
  t.ok(text.split('\n').length <= 100, 'a page')
})
