import { randomUUID } from 'node:crypto';
import { readWorkerKey } from '@/core/catalog/workers';
import { sealSecret } from '@/core/secrets/seal';
import { sourceDatabaseInput } from '@/core/spec/source-database';
import { aboutSource, requireFreeSourceName } from '../source-changes';
import { defineVerb } from '../verb';
import { invalid } from '../verb-problems';

/** Registers a source database; its password is sealed to the worker's key before anything is stored. */
export const register = defineVerb({
  name: 'sources.register',
  subject: 'source database',
  input: sourceDatabaseInput,
  team: async () => null,
  run: async (tx, { input }) => {
    const { password, caCertificate, patroniUrl, ...settings } = input;
    if (!password) throw invalid('password', null, 'type the password of the role');
    await requireFreeSourceName(tx, settings.name, null);
    const id = randomUUID();
    const sealedSecret = sealSecret(password, await readWorkerKey(tx), { kind: 'source', id, version: 1 });
    await tx.sourceDatabase.create({
      data: { id, ...settings, patroniUrl: patroniUrl ?? null, caCertificate: caCertificate || null, sealedSecret },
      select: { id: true },
    });
    return {
      result: { sourceId: id },
      audit: aboutSource(id, settings.name, 'registered', { after: { ...settings, patroniUrl } }),
      wake: {},
    };
  },
});
