import { FormElement } from './form-element.js'
import type { BeforeUpload } from './list-host.js'
import type { UrlOf } from './outcomes.js'

/** What the application may say of each file. Accessors, because frameworks tell by a setter that a property is to be set. */
export class FileHooks extends FormElement {
  #beforeUpload: BeforeUpload | undefined
  #linkFor: UrlOf | undefined
  #thumbnailFor: UrlOf | undefined

  /** Asked for each file before it is uploaded: to refuse it, rename it or add options. */
  get beforeUpload(): BeforeUpload | undefined {
    return this.#beforeUpload
  }
  /** `null` or `undefined`: nobody is asked. */
  set beforeUpload(beforeUpload: BeforeUpload | null | undefined) {
    this.#beforeUpload = beforeUpload ?? undefined
  }

  /** Where an uploaded file can be opened: its row then has a link. */
  get linkFor(): UrlOf | undefined {
    return this.#linkFor
  }
  /** `null` or `undefined`: there is no link. */
  set linkFor(linkFor: UrlOf | null | undefined) {
    this.#linkFor = linkFor ?? undefined
  }

  /** A small picture of an uploaded file, such as one that OSS scales (`?x-oss-process=image/resize,...`). */
  get thumbnailFor(): UrlOf | undefined {
    return this.#thumbnailFor
  }
  /** `null` or `undefined`: rows have a picture of the file itself, where it is an image, or an icon. */
  set thumbnailFor(thumbnailFor: UrlOf | null | undefined) {
    this.#thumbnailFor = thumbnailFor ?? undefined
  }
}
