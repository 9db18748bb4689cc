import './store/connected.ts'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import './ui/tokens.css'
import './ui/base.css'
import './ui/controls.css'
import './ui/menu.css'
import './ui/layout.css'
import './features/services/status.css'
import './features/services/list.css'
import './features/services/detail.css'
import './features/logs/logs.css'
import './features/logs/ansi.css'
import './features/models/models.css'
import './features/try/try.css'
import './features/settings/settings.css'
import './features/config/banner.css'
import './features/notices/notices.css'
import './features/toasts/toasts.css'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(<App />)
