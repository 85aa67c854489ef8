// nestjs/main.ts
import cookie from '@fastify/cookie'
import session from '@fastify/session'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import metabaseSso, { type MetabaseSsoOptions } from 'fastify-metabase-sso'
import { AppModule } from './app.module.js'

const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter())
await app.register(cookie)
await app.register(session, { secret: String(process.env.SESSION_SECRET), cookie: { secure: 'auto' }, saveUninitialized: false })
await app.register<MetabaseSsoOptions>(metabaseSso, {
  secret: process.env.METABASE_JWT_SHARED_SECRET,
  instanceUrl: String(process.env.METABASE_INSTANCE_URL),
  logout: true,
  mapUserToClaims: user => ({ email: user.email })
})
await app.listen(Number(process.env.PORT ?? 3000))
