import { droppedChoices, pastedChoices } from './choice-sources.js'
import type { Choice } from './item.js'

interface Taker {
  readonly isDisabled: () => boolean
  /** Whether what is dropped beside the element is meant for it. */
  readonly isPageWide: () => boolean
  readonly take: (choices: Iterable<Choice> | AsyncIterable<Choice>) => void
  /** Files are held over it, or no longer. */
  readonly onHover: (isOver: boolean) => void
}

/** Takes what is dropped on an element and pasted into it. @returns the same for the page around it, until the signal. */
export function createDropTarget(
  element: HTMLElement,
  { isDisabled, isPageWide, take, onHover }: Taker,
): (signal: AbortSignal) => void {
  const hasFiles = ({ dataTransfer }: DragEvent): boolean =>
    !isDisabled() && dataTransfer?.types.includes('Files') === true

  function onDrag(event: DragEvent): void {
    if (!hasFiles(event)) return
    event.preventDefault()
    onHover(true)
  }
  function onDrop(event: DragEvent): void {
    onHover(false)
    if (!hasFiles(event) || !event.dataTransfer) return
    event.preventDefault()
    take(droppedChoices(event.dataTransfer))
  }
  function onPaste(event: ClipboardEvent): void {
    // A text field's own, even where a picture of the text comes with it.
    if (isEditable(event.composedPath()[0])) return
    if (isDisabled() || !event.clipboardData?.files.length) return
    event.preventDefault()
    take(pastedChoices(event.clipboardData, new Date()))
  }
  const onLeave = () => onHover(false)

  function listen(
    target: HTMLElement | Document,
    isMeant: (event: Event) => boolean,
    options?: AddEventListenerOptions,
  ): void {
    const handlers: readonly (readonly [string, (event: never) => void])[] = [
      ['dragover', onDrag],
      ['dragleave', onLeave],
      ['drop', onDrop],
    ]
    for (const [type, handle] of handlers) {
      target.addEventListener(type, (event) => isMeant(event) && handle(event as never), options)
    }
  }

  listen(element, () => true)
  return (signal) => {
    // What somebody else has taken, an element inside or another picker, is not taken again.
    const isFree = (event: Event) => !event.defaultPrevented
    const page = element.ownerDocument
    listen(page, (event) => isPageWide() && isFree(event), { signal })
    // Told to the page, and not to what has the focus, as long as that is no text field.
    const isMeant = () => isPageWide() || element.matches(':focus-within')
    page.addEventListener('paste', (event) => isMeant() && isFree(event) && onPaste(event), {
      signal,
    })
  }
}

function isEditable(target: EventTarget | undefined): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.matches('input, textarea')
}
