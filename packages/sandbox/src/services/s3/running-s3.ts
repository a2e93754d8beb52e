// What every way to an S3 gives back, and what each of them is told.
import type { Environment } from '../environment.ts';

export type S3Kind = 'external' | 'container' | 'embedded';

export interface RunningS3 {
  /** `http://127.0.0.1:…` unless the caller named one. */
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  kind: S3Kind;
  /** One phrase for a person: which store, and from where. Holds no secret. */
  detail: string;
  /** What this store does, for tests that depend on it. */
  traits: S3Traits;
  /** Ends what was started. Safe to repeat. An external store is left alone. */
  stop(): Promise<void>;
}

/** Null is "not known": the store is not ours. */
export interface S3Traits {
  /** `If-None-Match: *` on a PUT is honoured (412), not ignored. */
  conditionalPut: boolean | null;
  /** A request signed with a wrong secret is refused. A wrong access key id is refused by all of ours. */
  verifiesSignatures: boolean | null;
}

export interface S3Wish {
  env: Environment;
  /** The embedded store keeps each object as a file below it: `<dir>/<bucket>/<key>`. In memory unless given. */
  dir?: string;
  /** False makes the embedded store ignore the condition, as some real stores do. */
  conditionalPut: boolean;
  /** The embedded store listens here; a free one unless given. */
  port?: number;
  log: (line: string) => void;
}
