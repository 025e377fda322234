import type { SinkTargetDto } from '@/core/dto/connection';
import type { PersonActor } from '@/core/policy/roles';
import { sinkTargetConfig } from '@/core/spec/sink-target';
import { catalog } from './client';
import { isUuid } from './scope';
import { countStreamsByTarget } from './spec-references';
import { toIso } from './values';

/** `sealedSecret` is read only to say whether there is one. */
const COLUMNS = { id: true, name: true, config: true, sealedSecret: true, createdAt: true } as const;

/** Registered sink targets by name. Everybody signed in may see them: builders choose from them. */
export async function listSinkTargets(_actor: PersonActor): Promise<SinkTargetDto[]> {
  const [rows, counts] = await Promise.all([
    catalog().sinkTarget.findMany({ where: { removedAt: null }, orderBy: { name: 'asc' }, select: COLUMNS }),
    countStreamsByTarget(),
  ]);
  return rows.map((row) => toDto(row, counts));
}

export async function getSinkTarget(_actor: PersonActor, id: string): Promise<SinkTargetDto | null> {
  if (!isUuid(id)) return null;
  const row = await catalog().sinkTarget.findFirst({ where: { id, removedAt: null }, select: COLUMNS });
  return row && toDto(row, await countStreamsByTarget());
}

interface TargetRow {
  readonly id: string;
  readonly name: string;
  readonly config: unknown;
  readonly sealedSecret: string | null;
  readonly createdAt: Date;
}

function toDto(row: TargetRow, counts: ReadonlyMap<string, number>): SinkTargetDto {
  return {
    id: row.id,
    name: row.name,
    config: sinkTargetConfig.parse(row.config),
    hasSecret: row.sealedSecret !== null,
    streamCount: counts.get(row.name) ?? 0,
    createdAt: toIso(row.createdAt),
  };
}
