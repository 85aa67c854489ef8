// next/app/sso/metabase/[[...path]]/route.ts
import { handle } from '../../../../../web/metabase-sso.ts'

export { handle as GET, handle as POST, handle as OPTIONS }
