// `npm run docs:tables` writes the tables and lists in README.md, docs/ and llms.txt anew, from the code and bench/.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { table } from './markdown-table.js'
import { transpile } from './transpile.js'
import { checkParts, codeTable, hintOf, symptomTable } from './troubleshooting.js'

const root = new URL('../', import.meta.url)
const read = path => readFileSync(new URL(path, root), 'utf8')

/** The file that each table stands in, between the markers `<!-- name -->` and `<!-- /name -->`. */
export const places = {
  options: 'README.md',
  'guest-options': 'docs/guest-embeds.md',
  'request-errors': 'docs/errors.md',
  'boot-errors': 'docs/errors.md',
  symptoms: 'docs/troubleshooting.md',
  checks: 'docs/troubleshooting.md',
  codes: 'docs/troubleshooting.md',
  bench: 'README.md',
  'agent-options': 'llms.txt',
  'agent-errors': 'llms.txt'
}

/**
 * Makes every table as it follows from the code.
 * @param {{ bootRows: object, requestRows: object, checkRows: object }} rows of lib/errors.ts and
 *   lib/diagnosis/checks.ts, compiled
 * @returns {Record<keyof typeof places, string>}
 */
export function makeTables ({ bootRows, requestRows, checkRows }) {
  return {
    options: optionsTable('MetabaseSsoOptions'),
    'guest-options': optionsTable('GuestOptions'),
    'request-errors': errorTable(requestRows, true),
    'boot-errors': errorTable(bootRows, false),
    symptoms: symptomTable(checkRows),
    checks: checkParts(checkRows),
    codes: codeTable({ ...requestRows, ...bootRows }, checkRows),
    bench: benchTable(read('bench/results.md')),
    'agent-options': agentOptions(),
    'agent-errors': agentErrors({ ...bootRows, ...requestRows })
  }
}

/**
 * Puts tables between their markers.
 * @param {string} markdown
 * @param {Record<string, string>} tables by name
 */
export function fillTables (markdown, tables) {
  return markdown.replaceAll(/<!-- ([\w-]+) -->\n[^]*?<!-- \/\1 -->/g, (_, name) => {
    if (tables[name] === undefined) throw new Error(`there is no table "${name}"`)
    return `<!-- ${name} -->\n\n${tables[name]}\n\n<!-- /${name} -->`
  })
}

function errorTable (rows, hasStatus) {
  const head = hasStatus ? ['Code', 'Status', 'Meaning', 'What to do'] : ['Code', 'Meaning', 'What to do']
  return table(head, Object.entries(rows).map(([code, row]) => [
    `<a id="${code.toLowerCase()}"></a>\`${code}\``,
    ...(hasStatus ? [String(row.status)] : []),
    row.message(...Array(row.message.length).fill('…')),
    hintOf(row)
  ]))
}

/**
 * Compares the plugin with Metabase's sample.
 * @param {string} results bench/results.md
 */
function benchTable (results) {
  /** The number in a column of the row of a contender. */
  const figure = (section, contender, column) => {
    const lines = results.slice(results.indexOf(`## ${section}`)).split('\n').filter(line => line.startsWith('|'))
    const cellsOf = line => line.split('|').map(text => text.trim())
    const row = cellsOf(lines.find(line => cellsOf(line)[1] === contender))
    return Math.round(Number.parseFloat(row[cellsOf(lines[0]).indexOf(column)])).toLocaleString('en-US')
  }
  const row = (what, section, column, unit = '') =>
    [what, ...['sample', 'plugin'].map(contender => figure(section, contender, column) + unit)]
  const cpu = 'CPU µs/request'
  return table(['', 'The sample', 'This plugin'], [
    row('CPU time of `{ jwt }`', '`{jwt}`, 50 connections', cpu, ' µs'),
    row('CPU time of an exchange', 'Exchange, Metabase answering at once, 50 connections', cpu, ' µs'),
    row('Exchanges a second, when Metabase takes 10 ms',
      'Exchange, Metabase answering after 10 ms, 200 connections', 'requests/s'),
    row('Logins at Metabase when 200 users load a page 20 times, with `cache`', 'Reload storm', 'exchanges')
  ])
}

/** The options as a list, with types, for readers that are programs. */
function agentOptions () {
  const list = (name, prefix = '') => optionRows(name).map(([option, type, fallback, meaning]) =>
    `- ${prefix}${option.replaceAll('`', '')}: ${type}, default ${fallback}. ${meaning}`.replace('default required', 'required'))
  return [...list('MetabaseSsoOptions'), ...list('GuestOptions', 'guest.')].join('\n')
}

const agentErrors = rows => Object.entries(rows).map(([code, row]) =>
  `- ${code} (${row.status}): ${row.message(...Array(row.message.length).fill('…'))}. ${hintOf(row)}`).join('\n')

/** Also the files that declare the types of the options' functions. */
const SOURCES = ['lib/options/options.ts', 'lib/options/secret.ts', 'lib/host/functions.ts']

const optionsTable = name => table(['Option', 'Type', 'Default', 'Meaning'], optionRows(name))

function optionRows (name) {
  const nodes = SOURCES.flatMap(path =>
    [...ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true).statements])
  const aliases = new Map(nodes.filter(ts.isTypeAliasDeclaration).map(node => [node.name.text, node]))
  const declaration = nodes.find(node => ts.isInterfaceDeclaration(node) && node.name.text === name)
  const parameters = new Map(declaration.typeParameters?.filter(({ constraint }) => constraint !== undefined)
    .map(({ name, constraint }) => [name.text, constraint.getText()]))
  return declaration.members.map(property => [
    `\`${property.name.getText()}\``,
    `\`${typeText(withoutUndefined(property.type), aliases, parameters)}\``,
    defaultOf(property),
    firstSentenceOf(property)
  ])
}

/** The text of the doc comment, and that of its `@default`. TypeScript's parser would end it at `@fastify/session`. */
function docOf (property) {
  const lines = ts.getJSDocCommentsAndTags(property)[0].getText().slice('/**'.length, -'*/'.length).replaceAll(
    /^\s*\*/gm, ''
  )
  const [comment, tag] = lines.split(/^ *@default /m)
  return { comment: comment.replaceAll(/\s+/g, ' ').trim(), tag: tag?.replaceAll(/\s+/g, ' ').trim() }
}

function defaultOf (property) {
  const { tag: text } = docOf(property)
  if (text === undefined) return 'required'
  const isLiteral = /^(\d+|true|false|(<path>)?\/\S*)$/.test(text)
  return isLiteral ? `\`${text}\`` : text
}

function firstSentenceOf (property) {
  const { comment } = docOf(property)
  return /^.*?\.(?=\s|$)/.exec(comment)?.[0] ?? comment
}

/** An option that is left out, or undefined, has its default. */
function withoutUndefined (type) {
  if (!ts.isUnionTypeNode(type)) return type
  const types = type.types.filter(({ kind }) => kind !== ts.SyntaxKind.UndefinedKeyword)
  return types.length === 1 ? types[0] : ts.factory.updateUnionTypeNode(type, types)
}

/**
 * Writes a type as readers want it: a function as its parameters and what it returns. Its name alone,
 * such as `GetUser`, would say nothing.
 * @param {Map<string, ts.TypeAliasDeclaration>} aliases by name
 * @param {Map<string, string>} parameters texts for type parameters
 */
function typeText (node, aliases, parameters) {
  const textOf = node => typeText(node, aliases, parameters)
  if (ts.isUnionTypeNode(node)) {
    const members = node.types.map(textOf)
    return members.map(text => members.length > 1 && text.includes('=>') ? `(${text})` : text).join(' | ')
  }
  if (!ts.isTypeReferenceNode(node)) return node.getText()
  const name = node.typeName.getText()
  const alias = aliases.get(name)
  if (alias === undefined || !ts.isFunctionTypeNode(alias.type)) return parameters.get(name) ?? name
  const given = new Map(alias.typeParameters?.map(({ name }, index) => [name.text, textOf(node.typeArguments[index])]))
  const returned = alias.type.type // mostly a MaybePromise: the function may be async
  const names = alias.type.parameters.map(({ name }) => name.getText())
  return `(${names.join(', ')}) => ${typeText(returned.typeArguments?.[0] ?? returned, aliases, given)}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await transpile()
  const tables = makeTables({
    ...await import(new URL('.build/lib/errors.js', root)),
    ...await import(new URL('.build/lib/diagnosis/checks.js', root))
  })
  for (const path of new Set(Object.values(places))) writeFileSync(new URL(path, root), fillTables(read(path), tables))
}
