import { createRoot } from 'react-dom/client'
import { App } from './App.jsx'

// What differs from one installation to the next stands in the page; see index.html.
const config = JSON.parse(document.getElementById('config').textContent)

createRoot(document.getElementById('root')).render(<App config={config} />)
