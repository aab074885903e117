import { createApp } from 'vue'
import { askForTarget } from '../target.js'
import FileUploads from './file-uploads.vue'

createApp(FileUploads, { ...(await askForTarget()) }).mount('#app')
