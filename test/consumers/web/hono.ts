// web/hono.ts
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { logIn } from './auth.ts'
import { handle } from './metabase-sso.ts'

const app = new Hono()
app.all('/sso/metabase/*', context => handle(context.req.raw))
app.post('/login', context => logIn(context.req.raw))
serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) })
