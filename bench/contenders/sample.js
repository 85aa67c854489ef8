import { once } from 'node:events'
import cors from 'cors'
import express from 'express'
import session from 'express-session'
import jwt from 'jsonwebtoken'
import fetch from 'node-fetch'
import { findUser, sessionOptions, signingKey } from '../settings.js'

/** Metabase's reference document, as it stands. */
export const start = options => startSample(options, signingKey)

/**
 * The document's code; ours are the login, and the answer to `?response=json`, of which later versions of the document
 * tell.
 */
export async function startSample ({ instanceUrl }, key) {
  async function metabaseAuthHandler (req, res) {
    const { user } = req.session

    if (!user) {
      return res.status(401).json({
        status: 'error',
        message: 'not authenticated'
      })
    }

    const token = jwt.sign(
      {
        email: user.email,
        first_name: user.firstName,
        last_name: user.lastName,
        groups: [user.group],
        exp: Math.round(Date.now() / 1000) + 60 * 10 // 10 minutes expiration
      },
      // This is the JWT signing secret in your Metabase JWT authentication setting
      key
    )
    if (req.query.response === 'json') return res.status(200).json({ jwt: token })
    const ssoUrl = `${instanceUrl}/auth/sso?token=true&jwt=${token}`

    try {
      const response = await fetch(ssoUrl, { method: 'GET' })
      const token = await response.json()

      return res.status(200).json(token)
    } catch (error) {
      if (error instanceof Error) {
        res.status(401).json({
          status: 'error',
          message: 'authentication failed',
          error: error.message
        })
      }
    }
  }

  const app = express()
  app.use(
    cors({
      credentials: true
    })
  )
  app.use(session(sessionOptions))
  app.use(express.json())

  app.get('/login', (req, res) => {
    req.session.user = findUser(req.query.user)
    res.status(204).end()
  })
  app.get('/sso/metabase', metabaseAuthHandler)
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${server.address().port}`
}
