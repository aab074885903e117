import 'oss-direct-upload/picker/define'
import type { BeforeUpload, OssUploadPicker, PickerEventMap } from 'oss-direct-upload/picker'
import { type DetailedHTMLProps, type HTMLAttributes, useEffect, useState } from 'react'
import type { Target } from '../target.js'

export function FileUploads({ uploader, keyPrefix }: Target) {
  const [stored, setStored] = useState<readonly string[]>([])
  const [failed, setFailed] = useState<readonly string[]>([])
  const [isShown, setIsShown] = useState(false)
  // Not before: on an element that a server has rendered, React sets neither properties nor listeners.
  useEffect(() => setIsShown(true), [])
  return (
    <>
      <button type="button" onClick={() => setIsShown(!isShown)}>
        {isShown ? 'Hide' : 'Show'}
      </button>
      {isShown && (
        <oss-upload-picker
          multiple
          key-prefix={keyPrefix}
          uploader={uploader}
          beforeUpload={beforeUpload}
          onoss-upload-success={({ detail }) => setStored((keys) => [...keys, detail.result.key])}
          onoss-upload-error={({ detail }) => setFailed((names) => [...names, detail.name])}
        />
      )}
      <ul aria-label="Stored">
        {stored.map((key) => (
          <li key={key}>{key}</li>
        ))}
      </ul>
      <ul aria-label="Failed">
        {failed.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </>
  )
}

const beforeUpload: BeforeUpload = ({ file }) =>
  file.name.endsWith('.exe') ? 'Programs are not taken.' : undefined

/** React sets what is a property of the element, and listens to whatever follows `on`. */
type PickerProps = DetailedHTMLProps<HTMLAttributes<OssUploadPicker>, OssUploadPicker> &
  Partial<Pick<OssUploadPicker, 'multiple' | 'uploader' | 'beforeUpload'>> & {
    readonly 'key-prefix'?: string
  } & {
    readonly [Name in keyof PickerEventMap as `on${Name}`]?: (event: PickerEventMap[Name]) => void
  }

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'oss-upload-picker': PickerProps
    }
  }
}
