import { createRoot } from 'react-dom/client'
import { askForTarget } from '../target.js'
import { FileUploads } from './file-uploads.js'

const place = document.getElementById('app')
if (place) createRoot(place).render(<FileUploads {...(await askForTarget())} />)
