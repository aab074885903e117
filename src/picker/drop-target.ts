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
  function onDrag(event: DragEvent): void {
    const { dataTransfer } = event
    if (!dataTransfer?.types.includes('Files')) return
    // While it is disabled too: the browser would open the file in place of the page.
    event.preventDefault()
    if (isDisabled()) dataTransfer.dropEffect = 'none'
    else onHover(true)
  }
  function onDrop(event: DragEvent): void {
    onHover(false)
    const { dataTransfer } = event
    if (!dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    if (!isDisabled()) take(droppedChoices(dataTransfer))
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
    target: HTMLElement,
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
    // Not the document: pages prevent every default there, lest a file that is dropped beside be opened.
    listen(
      page.documentElement,
      (event) =>
        isPageWide() && !isDisabled() && isFree(event) && !isFileInput(event.composedPath()[0]),
      { signal },
    )
    // Told to the page, and not to what has the focus, as long as that is no text field.
    const isMeant = () => isPageWide() || element.matches(':focus-within')
    page.addEventListener('paste', (event) => isMeant() && isFree(event) && onPaste(event), {
      signal,
    })
  }
}

function isFileInput(target: EventTarget | undefined): boolean {
  return target instanceof Element && target.matches('[type=file]:enabled')
}

function isEditable(target: EventTarget | undefined): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.matches('input, textarea')
}
