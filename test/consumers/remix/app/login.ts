import { logIn } from '../../web/auth.ts'

export const action = ({ request }: { request: Request }) => logIn(request)
