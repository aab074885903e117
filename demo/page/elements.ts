export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = '',
  text = '',
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag)
  if (className) node.className = className
  if (text) node.textContent = text
  return node
}

/** Named for those who do not see which row it stands in. */
export function button(label: string, name: string, onClick: () => void): HTMLButtonElement {
  const control = element('button', '', label)
  control.type = 'button'
  control.setAttribute('aria-label', `${label} ${name}`)
  control.addEventListener('click', onClick)
  return control
}
