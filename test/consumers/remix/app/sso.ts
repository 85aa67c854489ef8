// remix/app/sso.ts
import { handle } from '../../web/metabase-sso.ts'

export const loader = ({ request }: { request: Request }) => handle(request)
export const action = loader
