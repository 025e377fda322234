import type { ErrorKind } from '@/core/error-catalogue';
import type { ObservedPublication } from '@/worker/source/postgres/publication-observation';
import type { Catalog } from './catalog/catalog';
import { recordTableOid } from './catalog/provisions';
import { addNotice } from './catalog/states';
import type { StreamRow } from './catalog/streams';
import type { Outbox } from './outbox';
import { publicationDrift } from './publication-drift';

/** A publication is altered in more than one statement at times: what only one look sees is not told. */
const LOOKS = 2;

interface Memory {
  /** What the latest look found, and in how many looks in a row. */
  readonly sentence: string | null;
  readonly looks: number;
  readonly told: string | null;
}

interface PublicationWatchDeps {
  readonly catalog: Catalog;
  readonly outbox: Outbox;
  /** Only a person can decide how it goes on. */
  readonly onTrouble: (streamId: string, kind: ErrorKind, reason: string) => void;
}

/** Follows the publications of streams: a table that is gone or another one stops its stream, anything else is told. */
export class PublicationWatch {
  readonly #memory = new Map<string, Memory>();

  constructor(private readonly deps: PublicationWatchDeps) {}

  /** Publications to look at; none before the slot exists, and none of a stream that people want gone. */
  static names(streams: readonly StreamRow[]): string[] {
    return streams.flatMap(({ provision, desired }) =>
      provision?.status === 'ready' && provision.consistentPoint !== null && desired === 'running' ? [provision.publicationName] : [],
    );
  }

  judge(stream: StreamRow, asked: readonly string[], observed: readonly ObservedPublication[]): void {
    const { provision, revision } = stream;
    if (!provision || !revision || !asked.includes(provision.publicationName) || provision.sourceHash !== revision.sourceHash) {
      this.#memory.delete(stream.id);
      return;
    }
    const found = observed.find(({ name }) => name === provision.publicationName) ?? null;
    const { source } = revision.spec;
    const drift = publicationDrift(source, provision.publicationName, found, provision.tableOid ?? null);
    const first = drift === null && provision.tableOid == null ? found?.tables[0]?.oid : undefined;
    if (first !== undefined) this.deps.outbox.put(stream.id, 'table oid', () => recordTableOid(this.deps.catalog.query, stream.id, first));
    const before = this.#memory.get(stream.id) ?? { sentence: null, looks: 0, told: null };
    const sentence = drift?.sentence ?? null;
    const looks = before.sentence === sentence ? before.looks + 1 : 1;
    const due = looks >= LOOKS && sentence !== before.told;
    this.#memory.set(stream.id, { sentence, looks, told: due ? sentence : before.told });
    if (!due) return;
    if (drift && drift.kind !== 'altered') {
      this.deps.onTrouble(stream.id, drift.kind, drift.sentence);
      return;
    }
    const notice = sentence ?? `publication ${provision.publicationName} is as the spec says again`;
    this.deps.outbox.put(stream.id, null, () => addNotice(this.deps.catalog.query, stream.id, notice, 'wal monitor'));
  }

  forget(streamId: string): void {
    this.#memory.delete(streamId);
  }
}
