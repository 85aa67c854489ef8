// Signs out of Metabase and of the app, as the page of an app would.
const { ssoUrl } = JSON.parse(document.getElementById('config').textContent)

document.getElementById('sign-out').addEventListener('click', async () => {
  const response = await fetch(`${ssoUrl}/logout`, { method: 'POST', credentials: 'include' })
  const report = await response.json()
  await loadHidden(report.logoutUrl)
  document.getElementById('report').textContent = `ended ${report.ended}, remaining ${report.remaining}`
})

/** Metabase drops its cookie when the browser loads this page of it. */
async function loadHidden (url) {
  const frame = document.createElement('iframe')
  frame.hidden = true
  const loaded = new Promise(resolve => frame.addEventListener('load', resolve))
  frame.src = url
  document.body.append(frame)
  await loaded
  frame.remove()
}
