/** What other packages, and Metabase's own pages, call our options. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  secret: ['jwtSecret', 'jwtSharedSecret', 'sharedSecret', 'signingKey', 'previousSecret'],
  instanceUrl: ['metabaseUrl', 'metabaseInstanceUrl', 'baseUrl', 'siteUrl', 'url'],
  origin: ['cors', 'allowedOrigins'],
  mapUserToClaims: ['userToClaims', 'mapUser', 'claims'],
  getUser: ['user'],
  tokenLifetime: ['expiresIn', 'ttl'],
  path: ['route', 'endpoint'],
  guest: ['embeddingSecret', 'embeddingSecretKey']
}

/**
 * Finds the option that an unknown name most likely means; undefined when none is similar.
 * @param otherNames what else the options are called
 */
export function similarName (unknown: string, options: string[], otherNames = OTHER_NAMES): string | undefined {
  const candidates = options.flatMap(option =>
    [option, ...otherNames[option] ?? []].map(name => ({ option, distance: editDistance(unknown, name) })))
  const [nearest] = candidates.sort((a, b) => a.distance - b.distance)
  return nearest !== undefined && nearest.distance <= Math.ceil(unknown.length / 3) ? nearest.option : undefined
}

/** Counts the letters to insert, delete or replace: Levenshtein's distance, a row of its table at a time. */
function editDistance (from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column)
  let distance = to.length
  for (const [row, letter] of [...from].entries()) {
    let diagonal = row
    distance = row + 1
    above = [distance, ...above.slice(1).map((up, column) => {
      distance = Math.min(distance + 1, up + 1, diagonal + Number(letter !== to[column]))
      diagonal = up
      return distance
    })]
  }
  return distance
}
