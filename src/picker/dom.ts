type Properties<E> = Partial<Omit<E, 'part' | 'style' | 'className'>> & {
  readonly class?: string
  readonly part?: string
  readonly aria?: Readonly<Record<string, string>>
}

/** An element with its properties and children; markup is never made from strings. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { class: className, part, aria = {}, ...properties }: Properties<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  Object.assign(element, properties)
  if (className) element.className = className
  if (part) element.setAttribute('part', part)
  for (const [name, value] of Object.entries(aria)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

const SVG = 'http://www.w3.org/2000/svg'

/** A drawing of one line, on a field of 24 by 24. */
export function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  const line = document.createElementNS(SVG, 'path')
  line.setAttribute('d', path)
  svg.append(line)
  return svg
}

/** Touches the document only where something is another. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text
}

/** Also while the window is not the active one, where `:focus-within` says no. */
export function hasFocus(element: Element): boolean {
  return element.contains((element.getRootNode() as Document | ShadowRoot).activeElement)
}

/** What a second press would lose something by, or what takes none. */
const UNFIT = '[part~="remove"], [part~="clearDone"], :disabled'

/**
 * Puts in and takes out what differs, and leaves the rest where it is, so that it keeps the focus and a click that has begun. Where
 * the focused one goes, the focus goes to another that does no harm, or else to the refuge: the list, unless another is named.
 */
export function setChildren(
  parent: HTMLElement,
  children: readonly HTMLElement[],
  refuge?: HTMLElement,
): void {
  const hadFocus = hasFocus(parent)
  for (const child of [...parent.children]) {
    if (!children.includes(child as HTMLElement)) child.remove()
  }
  children.forEach((child, index) => {
    const there = parent.children[index]
    if (there !== child) parent.insertBefore(child, there ?? null)
  })
  if (!hadFocus || hasFocus(parent)) return
  ;(
    children.find((child) => !child.matches(UNFIT)) ??
    refuge ??
    parent.closest<HTMLElement>('.scroller')
  )?.focus()
}
