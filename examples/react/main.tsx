import { createRoot, hydrateRoot } from 'react-dom/client'
import { askForTarget } from '../target.js'
import { FileUploads } from './file-uploads.js'

const place = document.getElementById('app')
if (place) {
  const uploads = <FileUploads {...(await askForTarget())} />
  // A server may have rendered the page.
  if (place.hasChildNodes()) hydrateRoot(place, uploads)
  else createRoot(place).render(uploads)
}
