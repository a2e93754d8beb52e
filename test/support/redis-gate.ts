// A TCP gate between a worker and Redis: stops the worker at the very command that a test names, before or after Redis saw it.
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface GateTrap {
  /** Text of the command: a transition's `"name":"submitted"`, or a script's digest. */
  readonly text: string;
  /** `before`: Redis never sees the command. `after`: Redis ran it, and the worker never sees the reply. */
  readonly when: 'before' | 'after';
  /** Runs at that point, once; the connection is cut afterwards, or held. */
  readonly spring: () => void;
  /** Commands with the text that are let through first. */
  readonly skip?: number;
  /** The connection stands, and the command (or its reply) waits at the gate for `release`. */
  readonly hold?: true;
}

export interface RedisGate {
  readonly url: string;
  arm(trap: GateTrap): void;
  disarm(): void;
  /** Lets go what a trap has held. */
  release(): void;
}

const CARRY_CHARS = 200;

/** Call it inside a test. Commands that no trap names pass through untouched. */
export const startRedisGate = async (redisUrl: string): Promise<RedisGate> => {
  const target = new URL(redisUrl);
  const sockets = new Set<Socket>();
  let trap: GateTrap | null = null;
  let skipped = 0;
  const held = new Set<() => void>();

  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 6379), target.hostname);
    let carry = '';
    let replyIsTrapped: GateTrap | null = null;
    // What waits at the gate on its way to one side; no entry while that way is open.
    const waiting = new Map<Socket, (string | Uint8Array)[]>();
    const send = (to: Socket, bytes: string | Uint8Array): void => {
      const queue = waiting.get(to);
      if (queue === undefined) to.write(bytes);
      else queue.push(bytes);
    };
    const holdWayTo = (to: Socket): void => {
      waiting.set(to, []);
      held.add(() => {
        const queue = waiting.get(to) ?? [];
        waiting.delete(to);
        for (const bytes of queue) to.write(bytes);
      });
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    const springOnce = (sprung: GateTrap): void => {
      if (trap === sprung) trap = null;
      sprung.spring();
      client.destroy();
      // Not destroyed: Redis must read what it was sent, whatever reply woke us.
      upstream.end();
    };
    client.on('data', (bytes) => {
      const text = carry + bytes.toString('latin1');
      const met = trap?.text !== undefined && text.includes(trap.text);
      // What was met once is not met again with the next command.
      carry = met ? '' : text.slice(-CARRY_CHARS);
      if (trap !== null && met && ++skipped > (trap.skip ?? 0)) {
        const sprung = trap;
        if (sprung.when === 'before' && sprung.hold === undefined) return springOnce(sprung);
        trap = null;
        if (sprung.when === 'after') replyIsTrapped = sprung;
        else {
          holdWayTo(upstream);
          sprung.spring();
        }
      }
      send(upstream, bytes);
    });
    upstream.on('data', (bytes) => {
      // The first reply after the command is its own: our stores send one command at a time per step.
      if (replyIsTrapped !== null && replyIsTrapped.hold === undefined) return springOnce(replyIsTrapped);
      if (replyIsTrapped !== null) {
        const { spring } = replyIsTrapped;
        replyIsTrapped = null;
        holdWayTo(client);
        spring();
      }
      send(client, bytes);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => server.close(closed));
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `redis://127.0.0.1:${port}`,
    arm: (next) => {
      skipped = 0;
      trap = next;
    },
    disarm: () => {
      trap = null;
    },
    release: () => {
      for (const letGo of held) letGo();
      held.clear();
    },
  };
};
