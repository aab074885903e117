import { describe, expect, it } from 'vitest'
import { backgroundCredentialsUrl } from './credentials-url.js'

const PAGE = { baseURI: 'https://app.example.com/shop/cart', origin: 'https://app.example.com' }

describe('the URL at which a worker gets credentials without its page', () => {
  it.each([
    ['/api/credentials', 'https://app.example.com/api/credentials'],
    ['credentials?for=me', 'https://app.example.com/shop/credentials?for=me'],
    ['https://app.example.com/c', 'https://app.example.com/c'],
  ])('is absolute: %s', (given, url) => {
    expect(backgroundCredentialsUrl(given, PAGE)).toBe(url)
  })

  it.each([
    'https://api.example.com/credentials',
    'http://app.example.com/credentials',
    '//other.example/credentials',
    'https://app.example.com:8443/credentials',
    'http://[',
  ])('is of the same origin: not %s', (given) => {
    expect(() => backgroundCredentialsUrl(given, PAGE)).toThrow(TypeError)
    expect(() => backgroundCredentialsUrl(given, PAGE)).toThrow(given)
  })

  it('is no function, which would end with its page', () => {
    expect(() => backgroundCredentialsUrl(async () => ({}), PAGE)).toThrow(TypeError)
  })
})
