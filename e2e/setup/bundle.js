import { copyFile, mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const folder = path => fileURLToPath(new URL(path, import.meta.url))
const example = folder('../../examples/react/')
const here = folder('../')
const builds = folder('../node_modules/.cache/pages/')

/** The releases of the SDK that the pages are bundled with: the package, and how the example calls its like. */
export const sdks = {
  '0.52.7': { name: 'sdk-052', era: '0.50 to 0.54' },
  '0.56.3': { name: 'sdk-056', era: '0.55 and later' }
}

/** The folder with the page that uses this SDK. */
export const pagesFolder = sdk => builds + sdk

/** Bundles the React example once for each SDK. */
export async function bundlePages () {
  await Promise.all(Object.keys(sdks).map(bundle))
}

async function bundle (sdk) {
  const outdir = pagesFolder(sdk)
  await mkdir(outdir, { recursive: true })
  await copyFile(`${example}index.html`, `${outdir}/index.html`)
  await build({
    entryPoints: [`${example}main.jsx`],
    outdir,
    bundle: true,
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    // The example has no packages of its own: they are looked for from here.
    absWorkingDir: here,
    alias: { '@metabase/embedding-sdk-react': sdks[sdk].name, react: 'react', 'react-dom': 'react-dom' },
    minifyWhitespace: true, // the SDKs are minified already: this keeps them so
    logLevel: 'error'
  })
}
