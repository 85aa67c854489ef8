import { copyFile, mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const folder = path => fileURLToPath(new URL(path, import.meta.url))
const example = folder('../../examples/react/')
const here = folder('../')
const loaderPage = folder('../pages/sdk-loader/')
const builds = folder('../node_modules/.cache/pages/')

/**
 * The releases of the SDK that are complete, for the React example: the package, and how the example calls its
 * like.
 */
export const sdks = {
  '0.52.7': { name: 'sdk-052', era: '0.50 to 0.54' },
  '0.56.3': { name: 'sdk-056', era: '0.55 and later' }
}

/** Those that load the client from the instance, as all do from 0.57 on: that part is imitated. */
export const loaders = {
  '0.63.1': { name: 'sdk-063', era: '0.55 and later' }
}

export const releases = { ...sdks, ...loaders }

/** The folder with the page that uses this SDK. */
export const pagesFolder = sdk => builds + sdk

/** Bundles the React example once for each complete SDK, and a page of ours for each loader. */
export async function bundlePages () {
  await Promise.all([
    ...Object.keys(sdks).map(sdk => bundle(sdk, example)),
    ...Object.keys(loaders).map(sdk => bundle(sdk, loaderPage))
  ])
}

/** @param {string} source folder of the page */
async function bundle (sdk, source) {
  const outdir = pagesFolder(sdk)
  await mkdir(outdir, { recursive: true })
  await copyFile(`${source}index.html`, `${outdir}/index.html`)
  await build({
    entryPoints: [`${source}main.jsx`],
    outdir,
    bundle: true,
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    // The example has no packages of its own: they are looked for from here.
    absWorkingDir: here,
    alias: { '@metabase/embedding-sdk-react': releases[sdk].name, react: 'react', 'react-dom': 'react-dom' },
    minifyWhitespace: true, // the SDKs are minified already: this keeps them so
    logLevel: 'error'
  })
}
