import { SpillwayError } from '@/core/errors';
import { applicationNameFor } from '@/core/postgres/identifiers';
import { atPrimary, withSource } from '@/worker/source/postgres/connection';
import { judgeHolder, slotHolder } from '@/worker/source/postgres/fencing';
import type { Assignment } from './assignment';
import { CatalogLink } from './catalog-link';
import type { AskOwner } from './fence';

/** Asks the catalog for the lease, and while the catalog is away the source who reads the slot. A later epoch wins. */
export function ownerOf({ catalogUrl, streamId, epoch, source, slotName }: Assignment): AskOwner {
  const applicationName = applicationNameFor(streamId, epoch);
  const catalog = new CatalogLink(catalogUrl, applicationName);
  const session = { applicationName, statementTimeoutMs: 10_000 };
  const byLease = async (): Promise<'ours' | 'later' | null> => {
    const rows = await catalog.query<{ epoch: string }>('SELECT epoch FROM stream_lease WHERE stream_id = $1', [streamId]).catch(() => []);
    const [lease] = rows;
    return lease ? (Number(lease.epoch) > epoch ? 'later' : 'ours') : null;
  };
  return async () => {
    const known = await byLease();
    if (known) return known;
    const holder = await withSource(await atPrimary(source, session), session, (client) => slotHolder(client, slotName));
    const verdict = holder && judgeHolder(holder, { streamId, epoch });
    if (verdict === 'ours_same') return 'ours';
    if (verdict === 'ours_newer') return 'later';
    throw new SpillwayError('catalog_unavailable', `the catalog does not answer, and slot ${slotName} is not read by this process`);
  };
}
