import t from 'tap'
import { whoIs } from '../helpers/browser.js'
import { ANN, NAVIGATION, startHost } from '../helpers/host.js'

t.test('the route works with compilers of the host that read no JSON schema (zod)', async t => {
  const { app, metabase, logIn } = await startHost(t, {
    before (app) {
      app.setValidatorCompiler<{ safeParse: (data: unknown) => unknown }>(({ schema }) => data => {
        if (typeof schema.safeParse !== 'function') throw new Error('validator: this is no zod schema')
        return { value: schema.safeParse(data) }
      })
      app.setSerializerCompiler<{ encode: (data: unknown) => string }>(({ schema }) => {
        if (typeof schema.encode !== 'function') throw new Error('serializer: this is no zod schema')
        return data => schema.encode(data)
      })
    }
  })
  const cookies = await logIn()

  const session = await app.inject({ url: '/sso/metabase?return_to=/x', cookies })
  t.equal(await whoIs(metabase, session.json().id), ANN.email)
  t.same(Object.keys((await app.inject({ url: '/sso/metabase?response=json', cookies })).json()), ['jwt'])
  t.equal((await app.inject({ url: '/sso/metabase', cookies, headers: NAVIGATION })).statusCode, 302)
  t.equal(
    (await app.inject({ url: '/sso/metabase?return_to=//evil.example', cookies })).json().code,
    'METABASE_SSO_RETURN_TO_INVALID'
  )
  t.equal((await app.inject('/sso/metabase')).json().message, 'not authenticated')
})
