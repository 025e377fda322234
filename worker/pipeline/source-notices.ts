import { formatLsn, lsnDistance } from '@/core/postgres/lsn';
import { formatBytes } from '@/core/postgres/wal-budget';
import type { Relation } from '@/worker/source/source';
import type { FromPipeline } from './messages';
import { shapeChanges } from './shape-changes';
import type { SourceLink } from './source-link';

type Notice = Extract<FromPipeline, { type: 'notice' }>;

/** The same link, which also tells people what changed on the source: a gap that was taken, a table of another shape. */
export function withNotices(link: SourceLink, send: (notice: Notice) => void): SourceLink {
  const known = new Map<number, Relation>();
  const seen = (relation: Relation): void => {
    const before = known.get(relation.oid);
    known.set(relation.oid, relation);
    const changes = before ? shapeChanges(before, relation) : [];
    if (changes.length === 0) return;
    const table = `${relation.schema}.${relation.table}`;
    send({
      type: 'notice',
      reason: `table ${table} changed on the source: ${changes.join('; ')}`,
      detail: { schemaChange: { table, changes } },
    });
  };
  return {
    ...link,
    async ensure(recorded, exportSnapshot) {
      const slot = await link.ensure(recorded, exportSnapshot);
      if (slot.skipped) {
        const [fromLsn, toLsn] = [formatLsn(slot.skipped.fromLsn), formatLsn(slot.skipped.toLsn)];
        const bytes = formatBytes(lsnDistance(slot.skipped.toLsn, slot.skipped.fromLsn));
        const reason = `the slot stands beyond our own record and was taken as found, as the spec says: changes between ${fromLsn} and ${toLsn} (${bytes} of WAL) were not read`;
        send({ type: 'notice', reason, detail: { skipped: { fromLsn, toLsn } } });
      }
      return slot;
    },
    subscribe: (systemIdentifier, onItem) =>
      link.subscribe(systemIdentifier, (item) => {
        if (item.kind === 'relation') seen(item.relation);
        onItem(item);
      }),
  };
}
