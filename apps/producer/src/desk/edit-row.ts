// An edit of a dead-lettered row: another source or other parameters under the same name, checked like a new request. Pure.

import type { Problem, Warning } from '@outpaint/shared/contract/problem';
import { type ExpansionRequest, parseRequest } from '@outpaint/shared/contract/request';
import { differingFields } from '@outpaint/shared/contract/request-difference';
import type { Policy } from '@outpaint/shared/lifecycle/policy';
import type { DeadRecord } from './dead-rows.ts';
import { redrivePlan } from './redrive-plan.ts';

export interface Edit {
  readonly source?: string | undefined;
  /** All of them: what is left out is as the API has it by default. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
}

export type EditedRow =
  | {
      readonly kind: 'edited';
      readonly request: ExpansionRequest;
      readonly fields: readonly string[];
      readonly warnings: readonly Warning[];
    }
  | { readonly kind: 'wrong'; readonly problems: readonly Problem[] }
  /** It goes on with what was paid for, and an edit would change nothing. */
  | { readonly kind: 'paid'; readonly stage: string }
  | { readonly kind: 'same' };

export const editRow = (record: DeadRecord, edit: Edit, policy: Policy): EditedRow => {
  const plan = redrivePlan(record, false, policy);
  if (plan.kind === 'goes' && plan.stage !== 'submit') return { kind: 'paid', stage: plan.stage };
  const { request } = record;
  const wanted = {
    ...request,
    ...(edit.source === undefined ? {} : { source: edit.source }),
    ...(edit.parameters === undefined ? {} : { parameters: edit.parameters }),
  };
  const parsed = parseRequest(wanted, { batch: request.batch, randomCustomId: () => request.custom_id });
  if (!parsed.ok) return { kind: 'wrong', problems: parsed.problems };
  const fields = differingFields(request, parsed.request);
  if (fields.length === 0) return { kind: 'same' };
  return { kind: 'edited', request: parsed.request, fields, warnings: parsed.warnings };
};
