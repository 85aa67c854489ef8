let lastUser = 1000

/** @returns {Promise<string[]>} a cookie for each of `count` new users */
export async function logIn (origin, count) {
  const cookies = []
  for (let user = 0; user < count; user++) {
    lastUser = lastUser === 9999 ? 1000 : lastUser + 1
    const response = await fetch(`${origin}/login?user=${lastUser}`)
    cookies.push(response.headers.getSetCookie()[0].split(';')[0])
  }
  return cookies
}
