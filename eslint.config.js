import neostandard from 'neostandard'

/**
 * The folders and files of lib/, in the one direction of imports: each imports from its own folder and from the rows
 * below its own. Only plugin.ts imports from all of them, and only index.ts imports plugin.ts.
 */
const LAYERS = [
  ['routes/'],
  ['decorator'],
  ['diagnosis/'],
  ['sessions/', 'guest/'],
  ['metabase/'],
  ['jwt/'],
  ['options/'],
  ['host/'],
  ['claims'],
  ['tracing', 'values', 'redact', 'timeout', 'errors'],
  ['package']
]

/** Where Fastify's types and values may be imported; everything else is testable without it. */
const KNOW_FASTIFY = ['routes/', 'decorator', 'host/']

const fastify = {
  regex: '^@?fastify(/|$)',
  message: `In lib/, only plugin, ${KNOW_FASTIFY.join(', ')} import Fastify and its plugins.`
}

/** Configures what one folder or file of lib/ may import. */
function imports (module, row) {
  const isFolder = module.endsWith('/')
  const below = LAYERS.slice(row + 1).flat()
  const allowed = below.map(other => `${isFolder ? '\\.\\.' : '\\.'}/${other.endsWith('/') ? other : `${other}\\.js$`}`)
  if (isFolder) allowed.push('\\./')
  const direction = {
    regex: `^(?!${allowed.join('|') || '$'})\\.`,
    message: `lib/${module} may import from ${below.join(', ') || 'no other file'}: see LAYERS in eslint.config.js.`
  }
  return {
    files: [isFolder ? `lib/${module}**` : `lib/${module}.ts`],
    rules: { 'no-restricted-imports': ['error', { patterns: KNOW_FASTIFY.includes(module) ? [direction] : [direction, fastify] }] }
  }
}

const outOfLib = {
  regex: '^(\\.\\./)+(index\\.js$|testing/|test/)|^\\.{1,2}/(lib/)?plugin\\.js$',
  message: 'Only index.ts imports lib/plugin.ts, and lib/ imports neither index.ts nor testing/.'
}

export default [
  ...neostandard({ ts: true, ignores: ['dist', '.build', '.tap', '.stryker-tmp', 'reports', 'e2e/build', 'e2e/artifacts', '**/node_modules'] }),
  {
    rules: {
      '@stylistic/max-len': ['error', {
        code: 120, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true
      }]
    }
  },
  {
    files: ['index.ts', 'lib/**', 'testing/**', 'bin/**'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/ban-ts-comment': 'error'
    }
  },
  {
    files: ['lib/**', 'testing/**'],
    rules: {
      // No other rule looks at the direction of these.
      'no-restricted-syntax': ['error', {
        selector: "BinaryExpression[operator='instanceof'][right.name='Promise']",
        message: 'Look for what is no promise: apps replace the global Promise, and an async function returns another.'
      }, ...['ImportExpression:not([source.value=/^[a-z]/])', 'TSImportType', 'TSImportEqualsDeclaration'].map(selector =>
        ({ selector, message: 'Import at the top of the file, where the direction of imports is checked.' }))]
    }
  },
  { files: ['test/consumers/jest/**'], languageOptions: { globals: { expect: 'readonly', test: 'readonly' } } },
  { files: ['lib/**'], rules: { 'no-restricted-imports': ['error', { patterns: [outOfLib] }] } },
  // After lib/**: the last that matches a file replaces the others.
  ...LAYERS.flatMap((modules, row) => modules.map(module => imports(module, row)))
]
