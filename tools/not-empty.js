// Fails unless each of the files has content: tsd exits 0 when it finds no test.
import { statSync } from 'node:fs'

for (const path of process.argv.slice(2)) {
  if (statSync(path).size === 0) throw new Error(`${path} is empty`)
}
