import { expect, test } from 'vitest'
import { childText, childTexts, readXml, writeXml } from './xml.js'

test('writes text so that it reads back the same', () => {
  const text = 'a<b>&"\'\u0001\r中😀'
  const root = readXml(writeXml(['R', [['T', text], undefined, ['N', 7]]]))
  expect(root && childText(root, 'T')).toBe(text)
  expect(root && childText(root, 'N')).toBe('7')
})

test('reads past declarations, comments, prefixes, attributes and white space', () => {
  const root = readXml(`\uFEFF<?xml version="1.0"?><!-- <A> -->
    <x:R xmlns:x="http://a/b" y='1'> <P> 1 </P><x:P><![CDATA[<2>]]></x:P><E/></x:R>`)
  expect(root?.name).toBe('R')
  expect(root && childTexts(root, 'P')).toEqual(['1', '<2>'])
  expect(root && childText(root, 'E')).toBe('')
})

test.each([
  '',
  'text',
  '<A>',
  '<A></B>',
  '<A/><B/>',
  '<A>&unknown;</A>',
  '<A b=1></A>',
  '<!DOCTYPE A [<!ENTITY e "x">]><A>&e;</A>',
  '<A></A> tail',
  '<A>'.repeat(20) + '</A>'.repeat(20),
])('refuses %s', (source) => {
  expect(readXml(source)).toBeUndefined()
})
