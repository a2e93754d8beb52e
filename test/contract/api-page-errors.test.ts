// The API page's eight errors, row by row: status, code and message as printed there, and what follows from each.
import { classify } from '@outpaint/shared/errors/classify';
import { createdBy } from '@outpaint/shared/errors/created-by';
import { rowOf } from '@outpaint/shared/errors/error-table';
import { expect, test } from 'vitest';

const ROWS = [
  [400, 'InvalidParameter.JsonPhrase', 'input json error', 'permanent'],
  [400, 'InvalidParameter.FileDownload', 'oss download error', 'source'],
  [400, 'InvalidParameter.ImageFormat', 'read image error', 'permanent'],
  [
    400,
    'InvalidParameter.ImageContent',
    'The image content does not comply with green network verification',
    'permanent',
  ],
  [400, 'InvalidParameter', 'the parameters must conform to the specification: xxx', 'permanent'],
  [400, 'InvalidParameter.DataInspection', 'The image size is not supported for the data inspection.', 'permanent'],
  [500, 'InternalError.Algo', 'algorithm process error', 'transient'],
  [500, 'InternalError.FileUpload', 'oss upload error', 'transient'],
] as const;

test.each(ROWS)('%i %s, "%s": is in our table as printed, and is %s', (http, code, message, errorClass) => {
  expect(rowOf(code)).toMatchObject({ http, message, class: errorClass, created: 'no' });
  // In the answer to a submit, in a failed task (which comes with 200), and with another text: the code alone decides.
  expect(classify({ code, message, httpStatus: http })).toEqual({ class: errorClass, known: true });
  expect(classify({ code, message: 'something else', httpStatus: 200 })).toEqual({ class: errorClass, known: true });
});

test.each(ROWS)('%i %s, "%s": made no task when it answers a submit, so nothing was paid', (httpStatus, code) => {
  const answer = { httpStatus, code, isApiJson: true, hasTaskId: false };
  expect(createdBy(answer, { submit5xxInDoubt: false })).toBe('no');
  expect(createdBy(answer, { submit5xxInDoubt: true })).toBe(httpStatus === 500 ? 'maybe' : 'no');
});
