import { readFile, writeFile } from 'node:fs/promises'

const file = new URL('results.md', import.meta.url)

/** Puts a part into results.md, in place of the one that was there under the same title. */
export async function writePart (text) {
  const title = text.slice(0, text.indexOf('\n'))
  const parts = (await readFile(file, 'utf8').catch(() => '')).split(/^(?=# )/m).map(part => part.trim()).filter(part =>
    part !== '')
  const others = parts.filter(part => part !== title && !part.startsWith(`${title}\n`))
  await writeFile(file, `${[...others, text].sort().join('\n\n')}\n`)
}

/** In Markdown, with columns that line up in the terminal, too. */
export function table (headings, rows) {
  const all = [headings, ...rows].map(row => row.map(String))
  const widths = headings.map((_, column) => Math.max(...all.map(row => row[column].length)))
  const lines = all.map(row => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`)
  return [lines[0], `| ${widths.map(width => '-'.repeat(width)).join(' | ')} |`, ...lines.slice(1)].join('\n')
}
