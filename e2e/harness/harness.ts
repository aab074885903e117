import * as library from 'oss-direct-upload'

declare global {
  interface Window {
    readonly library: typeof library
    /** The file chosen last. */
    readonly chosenFile: () => File
  }
}

const input = document.querySelector('input')

Object.assign(window, {
  library,
  chosenFile: () => {
    const file = input?.files?.[0]
    if (!file) throw new Error('No file was chosen.')
    return file
  },
})
