import { logIn } from '../../../web/auth.ts'

export { logIn as POST }
