// For `npm run redis`. Debian starts a Redis of its own on port 6379 where there is a service manager: the tests let it
// be.
import { installFromDebian } from './debian.js'

try {
  await installFromDebian('/usr/bin/redis-server', ['redis-server'])
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
