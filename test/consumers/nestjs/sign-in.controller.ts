// nestjs/sign-in.controller.ts
import { Controller, HttpCode, Post, Req } from '@nestjs/common'
import type { FastifyRequest } from 'fastify'

@Controller()
export class SignInController {
  @Post('login')
  @HttpCode(204)
  logIn (@Req() request: FastifyRequest<{ Body: { email: string } }>): void {
    request.session.user = { email: request.body.email } // as your login finds it
  }

  @Post('report')
  async report (@Req() request: FastifyRequest): Promise<{ id: string }> {
    const { metabaseSso } = request.server
    const { id } = await metabaseSso.exchange(request.session.user ?? { email: '' }, request)
    return { id }
  }
}
