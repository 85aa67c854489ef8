import type { TextStore } from '../helpers/logout.js'

/** The id of the only user session in a store. */
export function sessionIdIn ({ records }: TextStore): string {
  const [id = '', ...others] = [...records.keys()].filter(key => !key.startsWith('metabase-'))
  if (others.length > 0) throw new Error('there is more than one user session')
  return id
}
