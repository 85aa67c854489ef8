import t from 'tap'
import { ANN, startHost } from '../helpers/host.js'

// Unhandled rejections, which would end a host's process, fail these tests.

t.test('a route that gets a new session id, and sends what cannot be sent, answers 500', async t => {
  const { app } = await startHost(t, {
    options: { logout: true },
    after: app => {
      app.get<{ Querystring: { next: string } }>('/step-up', async (request, reply) => {
        await request.session.regenerate()
        return reply.redirect(request.query.next)
      })
    }
  })
  t.equal((await app.inject('/step-up?next=/home')).statusCode, 302)
  t.equal((await app.inject({ url: '/step-up', query: { next: '/€' } })).statusCode, 500, 'no header can hold a €')
})

t.test('a route that gets a new session id, sends its answer and forgets to return it, has answered', async t => {
  const { app, logs } = await startHost(t, {
    options: { logout: true },
    after: app => {
      app.post('/other-login', async (request, reply) => {
        await request.session.regenerate()
        request.session.user = ANN
        reply.send('welcome')
      })
    }
  })
  const url = `${await app.listen({ port: 0 })}/other-login`
  t.equal(await (await fetch(url, { method: 'POST' })).text(), 'welcome')
  t.equal((await fetch(url, { method: 'POST' })).status, 200, 'and the app goes on')
  t.match(logs.filter(({ level }) => Number(level) > 30), [{ msg: /did you forget to "return reply"/ }], 'which Fastify tells them')
})
