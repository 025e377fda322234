import { fork } from 'node:child_process';
import { debeziumMissing } from './debezium/class-path';
import { startEngine } from './debezium/engine';
import { drain, withSlot } from './drain-figures';
import { type Backlog, PUBLICATION } from './harness/backlog';
import type { Contender } from './harness/benchmark';
import type { PlainMode, PlainStart } from './harness/plain-library';
import { recvlogicalMissing, startRecvlogical } from './harness/recvlogical';

export function recvlogical(backlog: Backlog): Contender {
  return {
    name: 'pg_recvlogical',
    missing: recvlogicalMissing(),
    run: () =>
      withSlot(backlog, async (slot) => {
        const { pid, ended } = startRecvlogical(backlog.url, slot, backlog.end);
        return drain(backlog, slot, { pid, done: ended });
      }),
  };
}

export interface EngineDrain {
  readonly name: string;
  readonly backlog: Backlog;
  readonly table: string;
  /** Null when it is missing. */
  readonly classPath: string | null;
  readonly heap: readonly string[];
  sink(): Promise<EngineSink>;
}

/** Where a run's events go, as properties of the engine. `arrived` when that is not known by the engine itself. */
export interface EngineSink {
  readonly properties: Readonly<Record<string, string>>;
  arrived?(): Promise<unknown>;
  end?(): Promise<void>;
}

export function debezium({ name, backlog, table, classPath, heap, sink }: EngineDrain): Contender {
  return {
    name,
    missing: debeziumMissing(),
    run: () =>
      withSlot(backlog, async (slot) => {
        const to = await sink();
        const { rows: total, url } = backlog;
        const engine = startEngine({ classPath: classPath ?? '', url, slot, table, heap, total, properties: to.properties });
        try {
          return await drain(backlog, slot, { pid: engine.pid, done: Promise.all([engine.done, to.arrived?.()]) });
        } finally {
          await engine.stop();
          await to.end?.();
        }
      }),
  };
}

/** The library that others build on, in a process of its own: its plugin decodes, JSON.stringify makes the text. */
export function plainLibrary(backlog: Backlog, file: string, mode: PlainMode): Contender {
  return {
    name: `pg-logical-replication, ${mode}`,
    run: () =>
      withSlot(backlog, async (slot) => {
        const child = fork(file, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
        const exited = new Promise<never>((_, reject) => child.once('exit', () => reject(new Error('the library’s process ended'))));
        const done = Promise.race([exited, new Promise<void>((resolve) => child.once('message', () => resolve()))]);
        done.catch(() => undefined);
        child.send({ url: backlog.url, slot, publication: PUBLICATION, total: backlog.rows, mode } satisfies PlainStart);
        try {
          return await drain(backlog, slot, { pid: child.pid ?? 0, done });
        } finally {
          child.kill('SIGKILL');
          await exited.catch(() => undefined);
        }
      }),
  };
}
