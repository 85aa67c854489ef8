import { installFromDebian } from '../../tools/debian.js'

/** Debian's Chromium, by which the flows are played. */
export const chromiumPath = '/usr/bin/chromium'

/** Installs it where it is missing and we may. */
export async function installChromium () {
  await installFromDebian(chromiumPath, ['chromium', 'fonts-liberation'])
}
