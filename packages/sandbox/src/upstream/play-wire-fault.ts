// Plays a fault that spoils how a call is answered, and says whether it is to be answered properly after all.
import { setTimeout as delay } from 'node:timers/promises';
import { type Call, clientGone, leaveUnanswered, resetConnection, sendError, sendHtml, sendJson } from './call.ts';
import type { AskedFault, SubmitFault } from './fault-rule.ts';

type WireFault = Exclude<AskedFault, { kind: 'unknown' }> | SubmitFault;

/** True when the answer is still to be given: nothing was wrong, or a slow or held call may go on now. */
export async function playWireFault(call: Call, fault: WireFault | null): Promise<boolean> {
  switch (fault?.kind) {
    case undefined:
      return true;
    case 'error':
      sendError(call, fault);
      return false;
    case 'html':
      sendHtml(call, fault.status);
      return false;
    case 'json':
      sendJson(call, fault.status, fault.body);
      return false;
    case 'reset':
    case 'reset_before':
    case 'reset_after':
      resetConnection(call);
      return false;
    case 'hang':
      leaveUnanswered(call, 'hang');
      return false;
    case 'slow': {
      const gone = clientGone(call);
      await delay(fault.ms, undefined, { signal: gone }).catch(() => undefined);
      return stillThere(call, gone);
    }
    case 'hold': {
      const gone = clientGone(call);
      const { source, taskId, context } = call;
      await context.holds.add({ at: fault.at, source, taskId, since: context.now() }, gone);
      return stillThere(call, gone);
    }
  }
}

function stillThere(call: Call, gone: AbortSignal): boolean {
  if (gone.aborted) leaveUnanswered(call, 'gone');
  return !gone.aborted;
}
