import { isDeepStrictEqual } from 'node:util';
import { streamsUsing } from '@/core/catalog/spec-references';
import { readWorkerKey } from '@/core/catalog/workers';
import { SpillwayError } from '@/core/errors';
import { sealSecret } from '@/core/secrets/seal';
import { sourceDatabaseInput } from '@/core/spec/source-database';
import { id } from '../inputs';
import { aboutSource, lockSource, requireFreeSourceName, sourceExists } from '../source-changes';
import { defineVerb } from '../verb';
import { invalid } from '../verb-problems';

/** A password goes only to the server, database and role it was typed for; else whoever edits the host would receive it. */
const BOUND_TO_PASSWORD = ['host', 'port', 'standbys', 'username', 'database'] as const;

/** Changes a source. An absent `caCertificate` keeps the present one, an empty one removes it. */
export const update = defineVerb({
  name: 'sources.update',
  subject: 'source database',
  input: sourceDatabaseInput.extend({ sourceId: id }),
  team: (tx, { sourceId }) => sourceExists(tx, sourceId),
  run: async (tx, { input }) => {
    const { sourceId, password, caCertificate, ...settings } = input;
    const { secretVersion, caCertificate: presentCa, ...before } = await lockSource(tx, sourceId);
    const moved = BOUND_TO_PASSWORD.filter((field) => !isDeepStrictEqual(settings[field], before[field]));
    if (moved.length > 0 && !password) throw invalid('password', null, `type the password again: ${moved.join(' and ')} changed`);
    if (settings.name !== before.name) {
      const users = await streamsUsing(tx, 'source', before.name);
      if (users.length > 0) throw new SpillwayError('precondition_failed', `streams name this source: ${users.slice(0, 5).join(', ')}`);
      await requireFreeSourceName(tx, settings.name, sourceId);
    }
    const version = secretVersion + 1;
    const secret = password
      ? { secretVersion: version, sealedSecret: sealSecret(password, await readWorkerKey(tx), { kind: 'source', id: sourceId, version }) }
      : {};
    const ca = caCertificate === undefined ? presentCa : caCertificate || null;
    await tx.sourceDatabase.update({
      where: { id: sourceId },
      data: {
        ...settings,
        patroniUrl: settings.patroniUrl ?? null,
        ...secret,
        caCertificate: ca,
        ...(moved.length > 0 ? { systemIdentifier: null } : {}),
      },
      select: { id: true },
    });
    const how = password ? ', with a new password' : '';
    return { result: {}, audit: aboutSource(sourceId, settings.name, 'changed', { before, after: settings, how }), wake: {} };
  },
});
