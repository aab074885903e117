import type { Uploader, UploadResult } from '../index.js'
import { createAnnouncer } from './announcer.js'
import {
  ATTRIBUTES,
  adoptEarlyProperties,
  type PickerAttributes,
  reflectAttributes,
} from './attributes.js'
import { createDropTarget } from './drop-target.js'
import { fileOf, type PickerEventMap, type PickerFile } from './events.js'
import { askForFiles } from './file-dialog.js'
import { FileHooks } from './file-hooks.js'
import { createFileList } from './file-list.js'
import { setOwnValidity } from './form-element.js'
import { createFormField } from './form-field.js'
import { formValue } from './form-value.js'
import type { Choice, Item } from './item.js'
import { createWords } from './languages.js'
import type { OwnMessages, Sentence } from './messages.js'
import { askForUrl, createTeller } from './outcomes.js'
import { createRow } from './row.js'
import { createRowActions } from './row-actions.js'
import { createShell } from './shell.js'
import { createSurroundings } from './surroundings.js'
import { totalView } from './view-model.js'
import { createVirtualList } from './virtual-list.js'

export type { PickerAttributes } from './attributes.js'
export type { PickerEventMap, PickerFile, RejectDetail, SuccessDetail } from './events.js'
export type { Choice } from './item.js'
export type { BeforeUpload, BeforeUploadAnswer } from './list-host.js'
export type { Messages, OwnMessages } from './messages.js'
export type { UrlOf } from './outcomes.js'

export interface OssUploadPicker extends PickerAttributes {}

/**
 * A list of files on their way to OSS, with everything a user does about them. It goes on while the element is not in the page.
 * What happens is told by the events of `PickerEventMap`.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the attributes' properties are defined below, one like the other.
export class OssUploadPicker extends FileHooks {
  /** @internal */
  static readonly observedAttributes = ATTRIBUTES

  #uploader: Uploader | undefined
  #isDropping = false
  #frame: number | undefined
  #unheard = new Set<Item>()
  #connection: AbortController | undefined
  readonly #shell = createShell(this.attachShadow({ mode: 'open' }), {
    onChoose: () => this.open(),
    take: (choices) => this.#take(choices),
    takeAgain: (choices) => this.#rowActions.give(choices),
    onAll: (action) => this.#list.all[action](),
  })
  readonly #words = createWords(this, () => this.#changed())
  readonly #announcer = createAnnouncer(this.#shell.say, this.#words.say)
  readonly #surroundings = createSurroundings({
    words: this.#words,
    scroller: this.#shell.scroller,
    say: this.#announcer.say,
    needsLine: () => this.#list.counts.open > 0,
    changed: () => this.#changed(),
    isDisabled: () => this.#isDisabled(),
    returned: () => void this.#list.lookAgain(),
  })
  readonly #teller = createTeller({
    announcer: this.#announcer,
    inWords: this.#words.say,
    fire: (type, detail) => this.#fire(type, detail),
  })
  readonly #list = createFileList({
    isShown: () => this.isConnected,
    uploader: () => this.#uploader,
    rules: () => ({
      accept: this.accept,
      maxFiles: this.multiple ? this.maxFiles : 1,
      maxSize: this.maxSize,
      minSize: this.minSize,
    }),
    multiple: () => this.multiple,
    prefix: () => this.keyPrefix,
    beforeUpload: () => this.beforeUpload,
    changed: (item) => this.#changed(item),
    ...this.#teller,
    stored: (item, result) => this.#stored(item, result),
  })
  readonly #rows = createVirtualList(
    this.#shell.scroller,
    this.#shell.list,
    this.#shell.pad,
    (item) => createRow(item, this.#rowActions.act),
  )
  readonly #rowActions = createRowActions({
    list: this.#list,
    shell: this.#shell,
    rows: this.#rows,
    say: this.#announcer.say,
    draw: () => this.#draw(),
  })
  readonly #field = createFormField({
    object: (...why) => setOwnValidity(this, ...why, this.#shell.anchor()),
    name: () => (this.#isDisabled() ? '' : this.name),
    isRequired: () => this.required,
    keys: () => this.value,
    counts: this.#list.counts,
    messages: this.#words.messages,
  })

  readonly #listenToPage = createDropTarget(this, {
    isDisabled: () => this.#isDisabled(),
    isPageWide: () => this.pageWide,
    take: (choices) => this.#take(choices),
    onHover: (isOver) => this.#showDropping(isOver),
  })

  constructor() {
    super()
    // A click on its label arrives as one on the element itself.
    this.addEventListener('click', (event) => event.composedPath()[0] === this && this.focus())
    this.#shell.scroller.addEventListener('scroll', () => this.#changed(), { passive: true })
  }

  /** Sends the files; files that were chosen before wait for it. */
  get uploader(): Uploader | undefined {
    return this.#uploader
  }
  /** @throws TypeError for what no `createUploader` made. */
  set uploader(given: Uploader | null | undefined) {
    const uploader = given ?? undefined
    if (uploader === this.#uploader) return
    if (uploader && typeof uploader.upload !== 'function') {
      throw new TypeError('uploader must be what createUploader() gives.')
    }
    this.#uploader = uploader
    // What is set in the same breath, such as what keys begin with, is heeded whatever comes first.
    queueMicrotask(() => this.#begin(uploader))
  }

  /** Words of the application's own, in place of those of the language. */
  get messages(): OwnMessages {
    return this.#words.own()
  }
  /** Those that are left out are the language's. */
  set messages(messages: OwnMessages) {
    this.#words.replace(messages)
  }

  /** The files in the list, in its order. */
  get files(): readonly PickerFile[] {
    return this.#list.items.map(fileOf)
  }
  /** Keys of the uploaded files. */
  get value(): readonly string[] {
    return formValue(this.#list.items)
  }

  override focus(options?: FocusOptions): void {
    this.#shell.button().focus(options)
  }
  /** Opens the browser's dialog; call it from a click. */
  open(): void {
    if (this.#isDisabled()) return
    void askForFiles(this.#shell.input, this.#take)
  }
  /** Takes files as if they had been chosen. @returns how many were. */
  add(files: Iterable<File>): Promise<number> {
    return this.#add(
      Array.from(files, (file) => ({ file, path: file.webkitRelativePath || file.name })),
    )
  }
  /** Pauses what is under way. */
  pauseAll(): void {
    this.#list.all.pauseAll()
  }
  /** Resumes what is paused. */
  resumeAll(): void {
    this.#list.all.resumeAll()
  }
  /** Begins anew what has failed, where the same file may do. */
  retryFailed(): void {
    this.#list.all.retryFailed()
  }
  /** Takes what is done, uploaded or refused, out of the list, and so out of the form. */
  clearDone(): void {
    this.#list.all.clearDone()
  }

  /** @internal */
  connectedCallback(): void {
    adoptEarlyProperties(this, ['uploader', 'messages', 'beforeUpload', 'linkFor', 'thumbnailFor'])
    this.#connection = new AbortController()
    this.#listenToPage(this.#connection.signal)
    this.#surroundings.listen(this.#connection.signal)
  }
  /** @internal */
  disconnectedCallback(): void {
    this.#connection?.abort()
    // Nobody tells it that they are held elsewhere by now.
    this.#showDropping(false)
  }
  /** @internal */
  adoptedCallback(): void {
    this.#shell.dress()
  }
  /** @internal */
  attributeChangedCallback(): void {
    this.#changed()
  }
  /** @internal Keys are added when the form is read, and not at each of ten thousand files. */
  formAssociatedCallback(form: HTMLFormElement | null): void {
    this.#field.joins(form)
  }
  /** @internal */
  formDisabledCallback(): void {
    this.#changed()
  }
  /** @internal */
  formResetCallback(): void {
    this.#list.reset()
  }

  /** Where it cannot be known now what is unfinished, it is asked for again when the line comes back. */
  async #restore(uploader: Uploader): Promise<void> {
    if (uploader !== this.#uploader || (await this.#list.restore(uploader))) return
    addEventListener('online', () => void this.#restore(uploader), { once: true })
  }

  #begin(uploader: Uploader | undefined): void {
    if (!uploader || uploader !== this.#uploader) return
    void this.#restore(uploader)
    this.#list.beginWaiting()
  }

  #isDisabled(): boolean {
    return this.disabled || this.matches(':disabled')
  }

  readonly #take = (choices: Iterable<Choice> | AsyncIterable<Choice>): void =>
    void this.#add(choices)

  async #add(choices: Iterable<Choice> | AsyncIterable<Choice>): Promise<number> {
    const count = await this.#list.add(choices)
    const added: Sentence = (messages, format) => messages.added(format.count(count), count === 1)
    if (count > 0) this.#announcer.say(added)
    return count
  }

  #showDropping(isDropping: boolean): void {
    if (this.#isDropping === isDropping) return
    this.#isDropping = isDropping
    this.#changed()
  }

  #stored(item: Item, result: UploadResult): void {
    // Each as it comes: a link does not wait for a picture.
    for (const what of ['link', 'thumbnail'] as const) {
      void askForUrl(this[`${what}For`], result, item).then((url) => {
        item[what] = url
        this.#changed(item)
      })
    }
  }

  #fire(type: keyof PickerEventMap, detail: PickerFile): void {
    this.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, detail }))
  }

  /** What has changed is shown once a frame. */
  #changed(item?: Item): void {
    if (item?.state?.status === 'uploading') this.#unheard.add(item)
    this.#frame ??= requestAnimationFrame(() => this.#draw())
    // At once: a form may be sent before the next frame.
    this.#field.validate()
  }

  #draw(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
    this.#frame = undefined
    const surroundings = this.#surroundings.now()
    const { items } = this.#list
    const { multiple, directories, capture, accept } = this
    const options = { multiple, directories, capture, accept }
    this.#shell.label(surroundings, options, this.#isDropping)
    this.#shell.showTotal(totalView(items, surroundings), surroundings)
    this.#rows.render(items, surroundings)
    for (const item of this.#unheard) {
      // Frames are held in a hidden tab: by now it may be done, and that has been told.
      if (item.state?.status === 'uploading') this.#fire('oss-upload-progress', fileOf(item))
    }
    this.#unheard.clear()
  }
}

if (globalThis.HTMLElement) reflectAttributes(OssUploadPicker.prototype)
