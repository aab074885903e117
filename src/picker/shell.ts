import { inputChoices } from './choice-sources.js'
import { h, hasFocus, setChildren, setText } from './dom.js'
import type { Choice } from './item.js'
import css from './picker.css?inline'
import { type ActionOnAll, isChange, type Surroundings, type TotalView } from './view-model.js'

interface ShellEvents {
  readonly onChoose: () => void
  readonly onAll: (action: ActionOnAll) => void
  readonly take: (choices: Choice[]) => void
  /** The file of an item was chosen once more. */
  readonly takeAgain: (choices: Choice[]) => void
}

/** Which of the buttons there are. */
export interface ShellOptions {
  readonly multiple: boolean
  readonly directories: boolean
  readonly capture: string
  readonly accept: string
}

const shared = new WeakMap<Document, CSSStyleSheet>()

/** Of the pickers of a document there is one for all, and one of each picker's own; none where the document is not shown. */
function sheetsFor(document: Document): CSSStyleSheet[] {
  const view = document.defaultView
  if (!view) return []
  const sheetOf = (rules: string) => {
    const sheet = new view.CSSStyleSheet()
    sheet.replaceSync(rules)
    return sheet
  }
  const common = shared.get(document) ?? sheetOf(css)
  shared.set(document, common)
  return [common, sheetOf('.list{}')]
}

/** What stands around the rows: the drop zone, the total, the list's frame, what is spoken. */
export function createShell(shadow: ShadowRoot, { onChoose, onAll, take, takeAgain }: ShellEvents) {
  /** A document takes no sheets but those made for it. */
  function dress(): void {
    shadow.adoptedStyleSheets = sheetsFor(shadow.ownerDocument)
  }
  dress()

  const input = fileInput(take)
  const againInput = fileInput(takeAgain)
  const photoInput = fileInput(take)
  const folderInput = fileInput(take)
  folderInput.webkitdirectory = true

  const choose = h('button', { type: 'button', class: 'main', part: 'choose-button' })
  const chooseSlot = h('slot', { name: 'button' }, choose)
  chooseSlot.onclick = (event) => {
    // The application's own button is of the type that submits, unless it says otherwise.
    event.preventDefault()
    onChoose()
  }
  const folder = h('button', { type: 'button', part: 'button', onclick: () => folderInput.click() })
  const photo = h('button', {
    type: 'button',
    class: 'camera',
    part: 'button',
    onclick: () => photoInput.click(),
  })
  const hint = h('span', { class: 'hint', part: 'hint' })
  const zone = h(
    'div',
    { class: 'zone', part: 'drop-zone', tabIndex: -1 },
    chooseSlot,
    folder,
    photo,
    hint,
  )

  const empty = h('slot', { name: 'empty' })
  const summary = h('span', { class: 'summary', part: 'summary' })
  const progress = h('progress', { part: 'progress', max: 1 })
  const actions = h('span', { class: 'actions' })
  const total = h(
    'div',
    { class: 'total', part: 'total', hidden: true },
    summary,
    actions,
    progress,
  )
  const list = h('ul', { class: 'list', part: 'list', aria: { role: 'list' } })
  const scroller = h('div', { class: 'scroller', tabIndex: -1 }, list)
  const said = h('p', { class: 'said', aria: { role: 'status' } })
  const root = h(
    'div',
    { class: 'root', part: 'root' },
    zone,
    empty,
    total,
    scroller,
    said,
    input,
    againInput,
    folderInput,
    photoInput,
  )
  shadow.append(root)

  const buttons = new Map<ActionOnAll, HTMLButtonElement>()
  function buttonFor(
    action: ActionOnAll,
    { messages, isDisabled }: Surroundings,
  ): HTMLButtonElement {
    const known = buttons.get(action)
    const button =
      known ??
      h('button', { type: 'button', part: `button ${action}`, onclick: () => onAll(action) })
    buttons.set(action, button)
    setText(button, messages[action])
    button.disabled = isDisabled && isChange(action)
    return button
  }

  /** Ours, or the application's in its place. */
  function button(): HTMLElement {
    return (chooseSlot.assignedElements()[0] as HTMLElement | undefined) ?? choose
  }

  return {
    list,
    scroller,
    input,
    againInput,
    button,
    /** Where the browser shows why a form cannot be sent. */
    anchor: (): HTMLElement => (chooseSlot.assignedElements().length > 0 ? zone : choose),
    dress,
    pad(above: number, below: number): void {
      const rule = shadow.adoptedStyleSheets[1]?.cssRules[0] as CSSStyleRule | undefined
      if (rule) rule.style.paddingBlock = `${above}px ${below}px`
    },
    /** The same sentence twice is spoken twice. */
    say(text: string): void {
      said.replaceChildren(text)
    },
    /** @param isDropping - Files are held over it. */
    label(
      { messages, isDisabled }: Surroundings,
      options: ShellOptions,
      isDropping: boolean,
    ): void {
      const { multiple, directories, capture, accept } = options
      input.multiple = multiple
      input.accept = againInput.accept = accept
      photoInput.accept = accept || 'image/*'
      photoInput.capture = capture
      setText(choose, multiple ? messages.chooseFiles : messages.chooseFile)
      setText(folder, messages.chooseFolder)
      setText(photo, messages.takePhoto)
      const dropHere = multiple ? messages.dropHere : messages.dropOneHere
      setText(hint, isDropping ? messages.dropNow : dropHere)
      root.lang = messages.language
      list.ariaLabel = messages.files
      progress.ariaLabel = messages.progressOfAll
      folder.hidden = !directories || !multiple
      photo.hidden = capture === ''
      for (const button of [choose, folder, photo]) button.disabled = isDisabled
      root.toggleAttribute('data-dropping', isDropping)
    },
    showTotal(view: TotalView | undefined, surroundings: Surroundings): void {
      // In what is about to be hidden.
      const hadFocus = (view ? empty.assignedElements() : [total, scroller]).some(hasFocus)
      total.hidden = !view || (view.summary === '' && view.actions.length === 0)
      empty.hidden = view !== undefined
      scroller.hidden = view === undefined
      if (hadFocus) button().focus()
      if (!view) return
      setText(summary, view.summary)
      progress.hidden = view.summary === ''
      progress.value = view.progress
      setChildren(
        actions,
        view.actions.map((action) => buttonFor(action, surroundings)),
        button(),
      )
    },
  }
}

/** Not seen: the buttons open it. */
function fileInput(take: (choices: Choice[]) => void): HTMLInputElement {
  const input = h('input', { type: 'file', hidden: true, tabIndex: -1 })
  input.onchange = () => {
    take(inputChoices(input.files))
    // The same file may be chosen again.
    input.value = ''
  }
  return input
}
