import { resolve } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { GuestSchema, LogoutSchema, OptionsSchema } from '../../lib/options/schema.js'

const schemas = { MetabaseSsoOptions: OptionsSchema, GuestOptions: GuestSchema, LogoutOptions: LogoutSchema }

const file = resolve('dist/lib/options/options.d.ts')
const program = ts.createProgram([file], { module: ts.ModuleKind.NodeNext, skipLibCheck: true, strict: true })
const checker = program.getTypeChecker()

function propertiesOf (name: string): ts.Symbol[] {
  const declaration = program.getSourceFile(file)?.statements.find(node =>
    ts.isInterfaceDeclaration(node) && node.name.text === name)
  return declaration === undefined ? [] : checker.getTypeAtLocation(declaration).getProperties()
}

for (const [name, schema] of Object.entries(schemas)) {
  t.test(`${name} has the options of its schema, each with a doc comment`, async t => {
    const properties = propertiesOf(name)
    t.strictSame(properties.map(({ name }) => name).sort(), Object.keys(schema.entries).sort())
    for (const property of properties) {
      t.match(ts.displayPartsToString(property.getDocumentationComment(checker)), /^[A-Z].*\.$/s, property.name)
      const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0
      const tags = property.getJsDocTags(checker).map(({ name }) => name)
      t.strictSame(
        tags, isOptional ? ['default'] : [], `${property.name}: an option that may be left out says its default`
      )
    }
  })
}
