// express/server.js
import express from 'express'
import session from 'express-session'
import Fastify from 'fastify'
import metabaseSso from 'fastify-metabase-sso'

const { METABASE_JWT_SHARED_SECRET, METABASE_INSTANCE_URL, FRONT_END, SESSION_SECRET, PORT = '3000' } = process.env

const fastify = Fastify({ logger: true })
await fastify.register(metabaseSso, {
  secret: METABASE_JWT_SHARED_SECRET,
  instanceUrl: METABASE_INSTANCE_URL,
  origin: FRONT_END,
  getUser: request => request.raw.session.user,
  mapUserToClaims: user => ({ email: user.email, first_name: user.firstName, groups: user.group && [user.group] })
})
await fastify.ready()

const app = express()
app.use(session({ secret: SESSION_SECRET, resave: false, saveUninitialized: false }))
app.all('/sso/metabase{/*rest}', (request, response) => fastify.routing(request, response))
app.use(express.json()) // after the line above: Fastify reads its bodies itself

app.post('/login', (request, response) => {
  request.session.user = { email: request.body.email, firstName: 'Ann', group: 'sales' } // as your login finds it
  response.sendStatus(204)
})
app.listen(Number(PORT))
