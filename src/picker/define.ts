import { OssUploadPicker } from './oss-upload-picker.js'

declare global {
  interface HTMLElementTagNameMap {
    'oss-upload-picker': OssUploadPicker
  }
}

// A server that renders pages has no elements; a page may load this twice.
if (typeof customElements !== 'undefined' && !customElements.get('oss-upload-picker')) {
  customElements.define('oss-upload-picker', OssUploadPicker)
}

export { OssUploadPicker }
