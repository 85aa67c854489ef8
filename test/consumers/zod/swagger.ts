// An app whose schemas are zod's documents the plugin's routes, in each version of the format.
import swagger, { type SwaggerOptions } from '@fastify/swagger'
import { Validator } from '@seriousme/openapi-schema-validator'
import Fastify from 'fastify'
import metabaseSso from 'fastify-metabase-sso'
import { jsonSchemaTransform, serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import assert from 'node:assert/strict'
import { z } from 'zod'

const { METABASE_INSTANCE_URL = '', METABASE_JWT_SHARED_SECRET } = process.env
const info = { title: 'Host', version: '1.0.0' }
const formats: Record<string, SwaggerOptions> = {
  '2.0': { swagger: { info } },
  '3.0': { openapi: { openapi: '3.0.3', info } },
  3.1: { openapi: { openapi: '3.1.0', info } }
}

for (const [version, format] of Object.entries(formats)) {
  // For Swagger 2.0 the type provider has no transform.
  for (const transform of version === '2.0' ? [undefined] : [jsonSchemaTransform, undefined]) {
    const app = Fastify().withTypeProvider<ZodTypeProvider>()
    if (transform !== undefined) app.setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler)
    await app.register(swagger, transform === undefined ? format : Object.assign({ transform }, format))
    await app.register(metabaseSso, {
      secret: METABASE_JWT_SHARED_SECRET,
      instanceUrl: METABASE_INSTANCE_URL,
      getUser: () => ({ email: 'ann@example.com' }),
      guest: { secret: 'another secret of Metabase, longer than 32 characters', authorize: () => ({}) },
      logout: false
    })
    if (transform !== undefined) {
      app.post('/own', { schema: { body: z.object({ name: z.string() }), response: { 200: z.object({ ok: z.boolean() }) } } }, async () => ({ ok: true }))
    }
    await app.ready()

    const document = app.swagger()
    const title = `${version}, ${transform === undefined ? 'JSON schemas' : 'zod'}`
    const validator = new Validator()
    const { valid, errors } = await validator.validate(document as unknown as Record<string, unknown>)
    assert.ok(valid, `${title}: ${JSON.stringify(errors)}`)
    assert.equal(validator.version, version)
    assert.ok(['/sso/metabase', '/sso/metabase/guest'].every(path => document.paths?.[path] !== undefined), title)

    const { jwt } = (await app.inject('/sso/metabase?response=json')).json()
    assert.match(jwt, /^eyJ/, title)
    await app.close()
  }
}
