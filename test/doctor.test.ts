import { runFolder } from './helpers/run-folder.js'

await runFolder('doctor')
