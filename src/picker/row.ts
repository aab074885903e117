import { h, icon, setChildren, setText } from './dom.js'
import { shownName, splitName, typeLabel } from './file-name.js'
import { fullNameOf, type Item } from './item.js'
import type { Messages } from './messages.js'
import { showThumbnail } from './thumbnail.js'
import { type Action, isChange, rowView, type Surroundings } from './view-model.js'

const ICONS: Record<Action, string> = {
  pause: 'M8 5v14M16 5v14',
  resume: 'M8 5l11 7-11 7z',
  retry: 'M19 12a7 7 0 1 1-2-5l2 2M19 4v5h-5',
  choose: 'M4 19V6h6l2 3h8v10z',
  allow: 'M5 12l5 5 9-10',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  remove: 'M6 6l12 12M18 6L6 18',
}

export interface Row {
  readonly element: HTMLLIElement
  readonly update: (surroundings: Surroundings, position: number, count: number) => void
}

export function createRow(item: Item, act: (item: Item, action: Action) => void): Row {
  const shown = shownName(item.name)
  const [start, end] = splitName(shown)
  const picture = h('span', { class: 'picture', part: 'thumbnail' }, typeLabel(shown))
  // Who does not see it would hear two pieces.
  const whole = h('span', { class: 'said' }, titleOf(item))
  const piece = (text: string) => h('span', { aria: { 'aria-hidden': 'true' } }, text)
  const name = h(
    'bdi',
    { class: 'name', part: 'file-name', title: titleOf(item) },
    piece(start),
    piece(end),
  )
  const words = h('span', { class: 'words', part: 'status' })
  const facts = h('span', { class: 'facts' })
  const progress = h('progress', { part: 'progress', max: 1 })
  const link = h('a', { class: 'name', part: 'link', target: '_blank', rel: 'noopener' })
  const actions = h('span', { class: 'actions' })
  const body = h('div', { class: 'body' }, whole, name, progress, h('p', {}, words, facts))
  const element = h('li', { class: 'row', part: 'file' }, picture, body, actions)
  const buttons = new Map<Action, HTMLButtonElement>()

  function buttonFor(action: Action, { messages, isDisabled }: Surroundings): HTMLButtonElement {
    const known = buttons.get(action)
    const button =
      known ??
      h(
        'button',
        {
          type: 'button',
          class: 'icon',
          part: `button ${action}`,
          onclick: () => act(item, action),
        },
        icon(ICONS[action]),
      )
    buttons.set(action, button)
    button.ariaLabel = button.title = labelOf(item, action, messages)
    button.disabled = isDisabled && isChange(action, item)
    return button
  }

  function showLink(url: string, label: string): void {
    link.ariaLabel = label
    if (link.parentNode) return
    link.href = url
    link.append(...name.childNodes)
    name.append(link)
    whole.remove()
  }

  return {
    element,
    update(surroundings, position, count) {
      const view = rowView(item, surroundings)
      const { messages } = surroundings
      element.dataset['tone'] = view.tone
      element.setAttribute('aria-posinset', String(position + 1))
      element.setAttribute('aria-setsize', String(count))
      setText(words, view.words)
      setText(facts, view.facts.map(isolated).join(' · '))
      progress.hidden = view.progress === undefined
      progress.value = view.progress ?? 0
      progress.ariaLabel = messages.progressOf(titleOf(item))
      setChildren(
        actions,
        view.actions.map((action) => buttonFor(action, surroundings)),
      )
      if (item.link) showLink(item.link, messages.open(titleOf(item)))
      showThumbnail(picture, item)
    },
  }
}

/** Numbers and units may be of the other direction than the page, and than words beside them. */
function isolated(text: string): string {
  return `\u2068${text}\u2069`
}

function titleOf(item: Item): string {
  return shownName(fullNameOf(item))
}

function labelOf(item: Item, action: Action, messages: Messages): string {
  const name = titleOf(item)
  if (action === 'remove' && item.saved && !item.task) return messages.discard(name)
  return messages[action](name)
}
