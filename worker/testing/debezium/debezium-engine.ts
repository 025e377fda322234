import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { PeerEvent } from './peer-event';

/** A running Debezium Engine; its records come in order. */
export interface DebeziumRun {
  readonly events: readonly PeerEvent[];
  /** Resolves when an event has come for which this holds; rejects when the engine ends before, or after `timeoutMs`. */
  until(holds: (event: PeerEvent) => boolean, timeoutMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the engine with this configuration. */
export function startDebezium(classPath: string, configuration: Readonly<Record<string, string>>): DebeziumRun {
  const java = ['-Xmx512m', '-XX:TieredStopAtLevel=1', '-Duser.timezone=UTC', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];
  const child = spawn('java', [...java, '-cp', classPath, 'DiffEngine'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  child.stdin.end(
    Object.entries(configuration)
      .map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\')}\n`)
      .join(''),
  );
  const events: PeerEvent[] = [];
  const waiting: { holds: (event: PeerEvent) => boolean; done: () => void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as PeerEvent;
    // BEGIN and END of provide.transaction.metadata are no events of a table.
    if (event.topic === `${configuration['topic.prefix']}.transaction`) return;
    events.push(event);
    for (const one of waiting) if (one.holds(event)) one.done();
  });
  return {
    events,
    until: (holds, timeoutMs) =>
      new Promise((resolve, reject) => {
        const fail = (why: string) => reject(new Error(`Debezium ${why}\n${errors.slice(-40).join('\n')}`));
        const timer = setTimeout(() => fail(`did not come to the end within ${timeoutMs} ms`), timeoutMs);
        const done = () => {
          clearTimeout(timer);
          resolve();
        };
        waiting.push({ holds, done });
        child.once('exit', (code) => {
          clearTimeout(timer);
          fail(`ended with code ${code}`);
        });
        if (events.some(holds)) done();
      }),
    stop: () => ended(child),
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    // What it would do at an orderly end (commit offsets, keep the slot) is of no use here.
    child.kill('SIGKILL');
  });
}
