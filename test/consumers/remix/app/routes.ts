// remix/app/routes.ts
import { route } from '@react-router/dev/routes'

export default [
  route('sso/metabase/*', 'sso.ts'),
  route('login', 'login.ts')
]
