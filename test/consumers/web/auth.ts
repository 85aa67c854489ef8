// Stands for the app's own sign-in, such as better-auth or Auth.js: it says of any request who is signed in.
import { createHmac } from 'node:crypto'

const sign = (email: string): string => createHmac('sha256', String(process.env.SESSION_SECRET)).update(email).digest('hex')

export async function logIn (request: Request): Promise<Response> {
  const { email } = await request.json() as { email: string }
  const cookie = `user=${sign(email)}.${email}; Path=/; HttpOnly; SameSite=Lax`
  return new Response(null, { status: 204, headers: { 'set-cookie': cookie } })
}

export async function userOf (headers: Headers): Promise<{ email: string } | undefined> {
  const [, signature, email = ''] = /user=(\w+)\.([^;]+)/.exec(headers.get('cookie') ?? '') ?? []
  return signature === sign(email) ? { email } : undefined
}
