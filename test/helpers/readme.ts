import { readdirSync, readFileSync } from 'node:fs'

const pagesIn = (folder: string): string[] =>
  readdirSync(folder).filter(name => name.endsWith('.md')).sort().map(name => `${folder}/${name}`)

/** The README and the pages in docs/, as paths from the root of the repository. */
export const pages = ['README.md', ...pagesIn('docs'), ...pagesIn('docs/recipes')]

export const readPage = (path: string): string => readFileSync(path, 'utf8')

/** Code blocks of one language, with the page that they stand on. */
export const snippets = (language: string): Array<{ page: string, code: string }> =>
  [...pages, 'SKILL.md'].flatMap(page => [...readPage(page).matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))]
    .map(([, code = '']) => ({ page, code })))

/** A page without its code blocks. */
export const prose = (path: string): string => readPage(path).replaceAll(/^```[^]*?^```$/gm, '')

/** Targets of the links and pictures of a page that are not on another host. */
export const linksOf = (page: string): string[] => targetsOf(page).filter(target => !/^[a-z]+:/i.test(target))

/** Targets of all links and pictures of a page. */
export const targetsOf = (page: string): string[] =>
  [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
