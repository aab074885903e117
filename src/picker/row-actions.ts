import { askForFiles } from './file-dialog.js'
import type { createFileList } from './file-list.js'
import type { Choice, Item } from './item.js'
import type { Sentence } from './messages.js'
import type { createShell } from './shell.js'
import type { Action } from './view-model.js'
import type { createVirtualList } from './virtual-list.js'

interface Parts {
  readonly list: ReturnType<typeof createFileList>
  readonly shell: ReturnType<typeof createShell>
  readonly rows: ReturnType<typeof createVirtualList>
  readonly say: (sentence: Sentence) => void
  readonly draw: () => void
}

/** What the buttons of a row do. */
export function createRowActions({ list, shell, rows, say, draw }: Parts) {
  /** Whose file is being asked for. */
  let asking: Item | undefined

  /** A file for an item that has none, or whose own is of no more use. */
  function give([choice]: readonly Choice[]): void {
    if (choice && !choice.isUnreadable && asking) list.give(asking, choice)
  }

  async function copy({ link = '' }: Item): Promise<void> {
    try {
      await navigator.clipboard.writeText(new URL(link, document.baseURI).href)
      say(({ copied }) => copied)
    } catch {
      say(({ notCopied }) => notCopied)
    }
  }

  /** The focus goes to the row that takes its place, unless the user has gone on to something else meanwhile. */
  async function remove(item: Item): Promise<void> {
    const index = list.items.indexOf(item)
    await list.remove(item)
    if (!item.isGone) return
    say(({ removed }) => removed(item.name))
    const { activeElement } = shell.list.getRootNode() as ShadowRoot
    // The list itself has it while there is no button.
    const hadFocus = activeElement === shell.scroller || rows.row(item)?.contains(activeElement)
    draw()
    if (!hadFocus) return
    const next = list.items[index] ?? list.items[index - 1]
    const button = next && rows.row(next)?.querySelector<HTMLElement>('[part~="remove"]')
    ;(button ?? shell.button()).focus()
  }

  const actions: Record<Action, (item: Item) => void> = {
    pause: list.pause,
    resume: list.resume,
    allow: list.resume,
    retry: list.retry,
    copy: (item) => void copy(item),
    choose(item) {
      asking = item
      void askForFiles(shell.againInput, give)
    },
    remove: (item) => void remove(item),
  }
  return { act: (item: Item, action: Action) => actions[action](item), give }
}
