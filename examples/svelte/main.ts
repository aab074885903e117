import { mount } from 'svelte'
import { askForTarget } from '../target.js'
import FileUploads from './file-uploads.svelte'

const target = document.getElementById('app')
if (target) mount(FileUploads, { target, props: { ...(await askForTarget()) } })
