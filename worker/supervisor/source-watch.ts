import type { Client } from 'pg';
import { SpillwayError } from '@/core/errors';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { connectSource, endQuietly } from '@/worker/source/postgres/connection';
import { hostsOf } from '@/worker/source/postgres/hosts';
import { type ObservedPublication, readPublications } from '@/worker/source/postgres/publication-observation';
import { readServerFacts, type ServerFacts } from '@/worker/source/postgres/server-facts';
import { readSlots, type SlotsObservation } from '@/worker/source/postgres/slot-observation';
import { Loop } from './loop';
import { withTimeout } from './with-timeout';

/** One look at a server. */
export interface Look extends SlotsObservation {
  readonly facts: ServerFacts;
  /** `host:port` that was looked at: of several hosts the one that takes writes. */
  readonly at: string;
  /** The publications that were asked for, and those of them that exist. */
  readonly asked: readonly string[];
  readonly publications: readonly ObservedPublication[];
}

const LOOK_EVERY_MS = 3_000;
const LOOK_TIMEOUT_MS = 5_000;

/**
 * Looks at one source server every 3 s over a connection that it keeps. Each server has a watch of its own, so that one that
 * hangs delays nobody else's.
 */
export class SourceWatch {
  readonly #loop: Loop;
  #client: Client | null = null;
  #several = false;

  constructor(
    private readonly open: () => SourceConnection,
    private readonly publicationNames: () => readonly string[],
    private readonly onLook: (look: Look) => Promise<void>,
    private readonly onFailure: (thrown: unknown) => Promise<void>,
    onError: (thrown: unknown) => void,
  ) {
    this.#loop = new Loop(LOOK_EVERY_MS, () => this.#turn(), onError);
  }

  start(): void {
    this.#loop.start();
  }

  async close(): Promise<void> {
    await this.#loop.close();
    this.#drop();
  }

  async #turn(): Promise<void> {
    let look: Look;
    try {
      look = await withTimeout(this.#look(), LOOK_TIMEOUT_MS);
    } catch (thrown) {
      this.#drop();
      await this.onFailure(thrown);
      return;
    }
    await this.onLook(look);
  }

  async #look(): Promise<Look> {
    if (!this.#client) {
      const session = { applicationName: 'spillway', readOnly: true, statementTimeoutMs: LOOK_TIMEOUT_MS };
      const source = this.open();
      this.#several = hostsOf(source).length > 1;
      this.#client = await connectSource(source, session);
    }
    const client = this.#client;
    const slots = await readSlots(client);
    const asked = this.publicationNames();
    const facts = await readServerFacts(client);
    if (facts.inRecovery && this.#several) throw new SpillwayError('source_unreachable', 'the primary became a standby');
    return { ...slots, facts, at: `${client.host}:${client.port}`, asked, publications: await readPublications(client, asked) };
  }

  #drop(): void {
    if (this.#client) void endQuietly(this.#client);
    this.#client = null;
  }
}
