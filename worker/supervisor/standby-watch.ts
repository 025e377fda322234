import type { Client } from 'pg';
import { messageOf } from '@/core/errors';
import type { StandbyFacts } from '@/core/postgres/failover-readiness';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { connectSource, endQuietly } from '@/worker/source/postgres/connection';
import { hostsOf } from '@/worker/source/postgres/hosts';
import { readStandby } from '@/worker/source/postgres/standby-observation';
import { Loop } from './loop';
import { withTimeout } from './with-timeout';

const LOOK_EVERY_MS = 3_000;
const LOOK_TIMEOUT_MS = 3_000;

/** Looks at every named host of one source every 3 s, each over a connection that it keeps: whether a slot is safe is read there. */
export class StandbyWatch {
  readonly #loop: Loop;
  readonly #clients = new Map<string, Client>();
  #looks: readonly StandbyFacts[] | null = null;
  #closed = false;

  constructor(
    private readonly open: () => SourceConnection,
    onError: (thrown: unknown) => void,
  ) {
    this.#loop = new Loop(LOOK_EVERY_MS, () => this.#turn(), onError);
  }

  start(): void {
    this.#loop.start();
  }

  /** The latest look at each host but the one that is read as the primary; null before the first look. */
  besides(primary: string): readonly StandbyFacts[] | null {
    return this.#looks?.filter(({ name }) => name !== primary) ?? null;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#loop.close();
    for (const name of [...this.#clients.keys()]) this.#drop(name);
  }

  async #turn(): Promise<void> {
    const hosts = hostsOf(this.open());
    this.#looks = hosts.length === 1 ? [] : await Promise.all(hosts.map((at) => this.#look(at)));
  }

  async #look(at: SourceConnection): Promise<StandbyFacts> {
    const name = `${at.host}:${at.port}`;
    try {
      return { name, error: null, ...(await withTimeout(this.#read(name, at), LOOK_TIMEOUT_MS)) };
    } catch (thrown) {
      this.#drop(name);
      const unknown = { inRecovery: false, hotStandbyFeedback: false, syncReplicationSlots: null, primarySlotName: '', slots: [] };
      return { name, error: messageOf(thrown), ...unknown };
    }
  }

  async #read(name: string, at: SourceConnection) {
    let client = this.#clients.get(name);
    if (!client) {
      client = await connectSource(at, { applicationName: 'spillway', readOnly: true, statementTimeoutMs: LOOK_TIMEOUT_MS });
      if (this.#closed || this.#clients.has(name)) {
        void endQuietly(client);
        throw new Error('the look came too late');
      }
      this.#clients.set(name, client);
    }
    return readStandby(client);
  }

  #drop(name: string): void {
    const client = this.#clients.get(name);
    this.#clients.delete(name);
    if (client) void endQuietly(client);
  }
}
