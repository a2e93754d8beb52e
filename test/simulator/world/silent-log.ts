// A logger that says nothing: a million steps would otherwise write ten million lines.
import type { Logger } from '@outpaint/shared/telemetry/logger';

const nothing = (): void => undefined;
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silent };

export const SILENT_LOG = silent as unknown as Logger;
