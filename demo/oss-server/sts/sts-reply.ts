import type { Reply } from '../reply.js'
import type { AssumedRole } from './assume-role.js'
import type { StsError } from './sts-error.js'

export type StsFormat = 'JSON' | 'XML'

type Tree = { [name: string]: string | Tree }

export function successReply(format: StsFormat, requestId: string, role: AssumedRole): Reply {
  return reply(format, 200, 'AssumeRoleResponse', { RequestId: requestId, ...role })
}

export function errorReply(
  format: StsFormat,
  requestId: string,
  hostId: string,
  error: StsError,
): Reply {
  return reply(format, error.status, 'Error', {
    RequestId: requestId,
    HostId: hostId,
    Code: error.code,
    Message: error.message,
  })
}

function reply(format: StsFormat, status: number, root: string, tree: Tree): Reply {
  if (format === 'JSON') {
    return typed(status, 'application/json;charset=utf-8', JSON.stringify(tree))
  }
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, tree)}\n`
  return typed(status, 'text/xml;charset=utf-8', body)
}

function typed(status: number, contentType: string, body: string): Reply {
  return { status, headers: { 'Content-Type': contentType }, body }
}

function element(name: string, content: string | Tree): string {
  const inner =
    typeof content === 'string'
      ? escapeXml(content)
      : Object.entries(content)
          .map(([child, value]) => element(child, value))
          .join('')
  return `<${name}>${inner}</${name}>`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
