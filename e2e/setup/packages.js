import { fileURLToPath } from 'node:url'
import * as packages from '../../tools/packages.js'

const e2e = fileURLToPath(new URL('..', import.meta.url))

/** The SDKs bring nine hundred of them. */
export const installPackages = () => packages.installPackages(e2e)

export const installPlugin = () => packages.installPlugin(e2e)
