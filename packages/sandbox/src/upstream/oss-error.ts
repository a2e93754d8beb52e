// The storage's errors: XML, unlike everything that the API itself says.
import { type Call, logCall } from './call.ts';

export interface OssError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export const OSS_ERRORS = {
  expired: { status: 403, code: 'AccessDenied', message: 'Request has expired.' },
  signature: {
    status: 403,
    code: 'SignatureDoesNotMatch',
    message:
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  },
  unsigned: {
    status: 403,
    code: 'AccessDenied',
    message: 'You have no right to access this object because of bucket acl.',
  },
  missing: { status: 404, code: 'NoSuchKey', message: 'The specified key does not exist.' },
} as const satisfies Record<string, OssError>;

/** Sends the XML; an answer to HEAD has the headers only. */
export function sendOssError(call: Call, { status, code, message }: OssError): void {
  logCall(call, status);
  const requestId = ossRequestId(call);
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<Error>
  <Code>${code}</Code>
  <Message>${message}</Message>
  <RequestId>${requestId}</RequestId>
  <HostId>vigen-invi.oss-cn-shanghai.aliyuncs.com</HostId>
</Error>
`;
  const headers = { server: 'AliyunOSS', 'x-oss-request-id': requestId, 'content-type': 'application/xml' };
  void call.reply.code(status).headers(headers).send(xml);
}

/** Twenty-four hexadecimal digits, like the storage's own. */
export function ossRequestId({ requestId }: Call): string {
  return requestId.replaceAll('-', '').slice(0, 24).toUpperCase();
}
