import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'

const folder = new URL('../public/', import.meta.url)
const policy = "default-src 'self'; img-src data:; frame-src http: https:; frame-ancestors 'none'; base-uri 'none'"
const types = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' }

/** The page and what belongs to it: a few small files, read once. */
export async function pageRoutes (app) {
  for (const name of await readdir(folder)) {
    const content = await readFile(new URL(name, folder))
    app.get(name === 'index.html' ? '/' : `/${name}`, async (_request, reply) =>
      reply
        .type(`${types[extname(name)]}; charset=utf-8`)
        .headers(
          { 'content-security-policy': policy, 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache' }
        )
        .send(content))
  }
}
