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
      ['paste', onPaste],
    ]
    for (const [type, handle] of handlers) {
      target.addEventListener(type, (event) => isMeant(event) && handle(event as never), options)
    }
  }

  listen(element, () => true)
  // What somebody else has taken, an element inside or another picker, is not taken again.
  return (signal) =>
    listen(element.ownerDocument, (event) => isPageWide() && !event.defaultPrevented, { signal })
}
