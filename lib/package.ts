// `npm run build` copies these two from package.json.
export const VERSION = '0.1.0'
export const HOMEPAGE = 'https://github.com/fastify-metabase-sso/fastify-metabase-sso'

/** Makes the URL of a page in docs/, as it is in this version. */
export const docsUrl = (page: string, anchor: string): string => `${HOMEPAGE}/blob/v${VERSION}/docs/${page}#${anchor}`
