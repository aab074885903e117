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

/** Opened by a button that stands beside it. */
export function filePicker(name: string, onFile: (file: File) => void): HTMLInputElement {
  const picker = element('input', 'visually-hidden')
  picker.type = 'file'
  picker.tabIndex = -1
  picker.ariaHidden = 'true'
  picker.setAttribute('aria-label', `File of ${name}`)
  picker.addEventListener('change', () => {
    const file = picker.files?.[0]
    if (file) onFile(file)
    picker.value = ''
  })
  return picker
}
