// For `npm run fuzz`: the tests of `npm run t fuzz`, with twenty times as many odd requests, records and options.
process.env.FUZZ_TIMES ??= '20'
process.env.TAP_TIMEOUT ??= '1800'
process.argv.push('fuzz')
await import('./t.js')
