import { readdirSync } from 'node:fs'

/**
 * Runs every test file of a folder below test/ in this process. One process a file would spend most of the
 * time on starting: each file still runs alone, by `npm run t route/no-head` for example.
 */
export async function runFolder (folder: string): Promise<void> {
  const url = new URL(`../${folder}/`, import.meta.url)
  const files = readdirSync(url).filter(name => name.endsWith('.test.js'))
  if (files.length === 0) throw new Error(`there is no test in test/${folder}`)
  for (const file of files.sort()) await import(new URL(file, url).href)
}
