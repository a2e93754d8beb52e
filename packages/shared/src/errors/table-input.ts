// Codes that speak of one picture: what was asked or what was shown is not acceptable, and asking again changes nothing.
import type { ErrorRow } from './error-table.ts';

const CHANGE_PICTURE = 'Replace the picture, then redrive.';
const CHECK_ADDRESS =
  'Make the address reachable from the internet, with Content-Type and Content-Length, then redrive.';
const CHANGE_PARAMETERS = 'Hand the row in again with correct parameters, under another custom_id.';

const content = (meaning: string, http = 400): ErrorRow => ({
  class: 'permanent',
  created: 'no',
  http,
  meaning,
  remedy: 'The content rules refuse this picture; replace it, then redrive.',
});
const picture = (meaning: string): ErrorRow => ({
  class: 'permanent',
  created: 'no',
  http: 400,
  meaning,
  remedy: CHANGE_PICTURE,
});
const address = (meaning: string): ErrorRow => ({
  class: 'source',
  created: 'no',
  http: 400,
  meaning,
  remedy: CHECK_ADDRESS,
});
const request = (meaning: string): ErrorRow => ({
  class: 'permanent',
  created: 'no',
  http: 400,
  meaning,
  remedy: CHANGE_PARAMETERS,
});

/** Source: the API page's table of eight codes (those with `message`) and the general error page. */
export const INPUT_CODES = {
  'InvalidParameter.JsonPhrase': {
    ...request('The request was not valid JSON.'),
    message: 'input json error',
    remedy: 'This is a fault of this program: report it with the request id.',
  },
  'InvalidParameter.FileDownload': {
    ...address('The API could not download the source picture.'),
    message: 'oss download error',
  },
  'InvalidParameter.ImageFormat': {
    ...picture('The source could not be read as a picture.'),
    message: 'read image error',
    remedy: 'Use a JPG, PNG, HEIF or WEBP of at most 10 MB with sides of 512 to 4096 px, then redrive.',
  },
  'InvalidParameter.ImageContent': {
    ...content('The content of the picture is not allowed.'),
    message: 'The image content does not comply with green network verification',
  },
  InvalidParameter: {
    ...request('A parameter is outside its range.'),
    message: 'the parameters must conform to the specification: xxx',
  },
  'InvalidParameter.DataInspection': {
    ...request('The output would be larger than 10 MB, so it cannot be inspected.'),
    message: 'The image size is not supported for the data inspection.',
    remedy: 'Set limit_image_size to true or extend less, then redrive.',
  },
  DataInspectionFailed: content('The input or the output did not pass the content inspection.'),
  data_inspection_failed: content('The input or the output did not pass the content inspection.'),
  IPInfringementSuspect: content('The picture is suspected of infringing rights.'),
  FaqRuleBlocked: content('A rule of the account blocks this picture.'),
  CustomRoleBlocked: content('A rule of the account blocks this picture.'),
  InvalidURL: address('The source address is not valid.'),
  'InvalidURL.ConnectionRefused': address("The source's server refused the connection."),
  'InvalidURL.Timeout': address("The source's server did not answer in time."),
  'InvalidFile.*': picture('The source file is not acceptable.'),
  'InvalidImage.*': picture('The source picture is not acceptable.'),
  InvalidImageResolution: picture('The source has a side outside 512 to 4096 px.'),
  InvalidImageFormat: picture('The source is in a format that the API does not read.'),
  'BadRequest.InputDownloadFailed': address('The API could not download the source picture.'),
  'BadRequest.TooLarge': picture('The source is larger than the API accepts.'),
  'BadRequest.EmptyInput': request('The request held no input.'),
  'BadRequest.EmptyParameters': request('The request held no parameters.'),
  'BadRequest.EmptyModel': request('The request named no model.'),
  'BadRequest.IllegalInput': request('The input was refused as illegal.'),
} as const satisfies Record<string, ErrorRow>;
