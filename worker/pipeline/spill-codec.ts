import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Change, Relation } from '@/worker/source/source';
import { restoreChange, type StoredChange, storeChange } from '@/worker/source/stored-change';

const compress = promisify(gzip);
const expand = promisify(gunzip);

type Shape = Pick<StoredChange, 'schema' | 'table' | 'relationOid' | 'replicaIdentity' | 'columns'>;
/** Changes that name the shape of their table by its number in the batch: it is much larger than most rows. */
interface Batch {
  readonly shapes: readonly Shape[];
  readonly changes: readonly (Omit<StoredChange, keyof Shape> & { readonly shape: number })[];
}

/** Changes as a batch of the buffer keeps them: JSON, compressed off the event loop at the fastest level. */
export async function packChanges(changes: readonly Change[]): Promise<Buffer> {
  const shapes: Shape[] = [];
  const numbers = new Map<Relation, number>();
  const packed = changes.map((change) => {
    const { schema, table, relationOid, replicaIdentity, columns, ...rest } = storeChange(change);
    let shape = numbers.get(change.relation);
    if (shape === undefined) {
      shape = shapes.push({ schema, table, relationOid, replicaIdentity, columns }) - 1;
      numbers.set(change.relation, shape);
    }
    return { ...rest, shape };
  });
  const batch: Batch = { shapes, changes: packed };
  return compress(JSON.stringify(batch), { level: 1 });
}

/** Throws when it is not a batch of ours. */
export async function unpackChanges(body: Buffer): Promise<Change[]> {
  const { shapes, changes } = JSON.parse((await expand(body)).toString('utf8')) as Batch;
  const relations: Relation[] = [];
  return changes.map(({ shape, ...rest }) => {
    const named = shapes[shape];
    if (!named) throw new Error('a batch of the buffer names a shape that it does not have');
    const change = restoreChange({ ...named, ...rest });
    // One object a shape: what is compiled for a relation hangs on it.
    relations[shape] ??= change.relation;
    return { ...change, relation: relations[shape] };
  });
}
