import { expect, it } from 'vitest'
import { createListeners } from './observers.js'

it('tells nobody what is no longer so, when a listener has changed it', () => {
  const listeners = createListeners<string>()
  const heard: string[] = []
  const first = listeners.add((state) => {
    if (state === 'uploading') listeners.tellAll('paused')
  }, 'new')
  listeners.add((state) => heard.push(state), 'new')
  listeners.tellAll('uploading')
  expect(heard).toEqual(['new', 'paused'])
  first()
  listeners.tellAll('uploading')
  expect(heard.at(-1)).toBe('uploading')
})

it('tells nothing more to one that another listener has taken off', () => {
  const listeners = createListeners<string>()
  const heard: string[] = []
  let stop = () => {}
  listeners.add((state) => {
    if (state === 'uploading') stop()
  }, 'new')
  stop = listeners.add((state) => heard.push(state), 'new')
  listeners.tellAll('uploading')
  expect(heard).toEqual(['new'])
})
