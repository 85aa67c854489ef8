import { readdirSync } from 'node:fs'

const sourcesIn = folder => readdirSync(folder, { recursive: true })
  .filter(name => name.endsWith('.ts'))
  .map(name => `${folder}/${name}`)

// What ships has to be covered whole, by whichever test.
const sources = ['index.ts', ...sourcesIn('lib'), ...sourcesIn('testing'), ...sourcesIn('bin')]

export default () => sources
