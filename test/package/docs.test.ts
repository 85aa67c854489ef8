import { resolve } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { OptionsSchema } from '../../lib/options/schema.js'

t.test('every option has a doc comment in the types that users get', async t => {
  const file = resolve('dist/lib/options.d.ts')
  const program = ts.createProgram([file], { module: ts.ModuleKind.NodeNext, skipLibCheck: true, strict: true })
  const checker = program.getTypeChecker()
  const declaration = program.getSourceFile(file)?.statements.find(node => ts.isInterfaceDeclaration(node) && node.name.text === 'MetabaseSsoOptions')
  const properties = declaration === undefined ? [] : checker.getTypeAtLocation(declaration).getProperties()
  t.strictSame(properties.map(({ name }) => name).sort(), Object.keys(OptionsSchema.entries).sort())
  for (const property of properties) {
    const doc = ts.displayPartsToString(property.getDocumentationComment(checker))
    t.match(doc, /Default|Required/, property.name)
  }
})
