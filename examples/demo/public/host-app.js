/** Asks the host app's demo endpoints. */
export async function demo (path, body) {
  const response = await fetch(`/demo/${path}`, body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body)
  })
  if (!response.ok) throw new Error(`The app answers ${response.status} to /demo/${path}.`)
  return await response.json()
}
