import type { SourceDto, SourceObservationDto } from '@/core/dto/connection';
import type { PersonActor } from '@/core/policy/roles';
import { catalog } from './client';
import { isUuid } from './scope';
import { countStreamsBySource } from './spec-references';
import { toIso, toNumber } from './values';

export const OBSERVATION_COLUMNS = {
  reachable: true,
  error: true,
  serverVersion: true,
  currentLsn: true,
  walBytesPerSec: true,
  maxSlots: true,
  usedSlots: true,
  maxSenders: true,
  usedSenders: true,
  maxSlotWalKeepBytes: true,
  observedAt: true,
} as const;

/** Never `sealedSecret`: what is not selected cannot leak. */
const COLUMNS = {
  id: true,
  name: true,
  host: true,
  port: true,
  database: true,
  username: true,
  tlsMode: true,
  caCertificate: true,
  standbys: true,
  patroniUrl: true,
  slotLimit: true,
  createdAt: true,
  observation: { select: OBSERVATION_COLUMNS },
} as const;

/** Registered sources by name. Everybody signed in may see them: builders choose from them. */
export async function listSources(_actor: PersonActor): Promise<SourceDto[]> {
  const [rows, counts] = await Promise.all([
    catalog().sourceDatabase.findMany({ where: { removedAt: null }, orderBy: { name: 'asc' }, select: COLUMNS }),
    countStreamsBySource(),
  ]);
  return rows.map((row) => toDto(row, counts));
}

export async function getSource(_actor: PersonActor, id: string): Promise<SourceDto | null> {
  if (!isUuid(id)) return null;
  const row = await catalog().sourceDatabase.findFirst({ where: { id, removedAt: null }, select: COLUMNS });
  return row && toDto(row, await countStreamsBySource());
}

/** Where a source is, by the name that specs use; null when none of that name is registered. */
export async function getSourceByName(name: string): Promise<SourceDto | null> {
  const row = await catalog().sourceDatabase.findFirst({ where: { name, removedAt: null }, select: COLUMNS });
  return row && toDto(row, await countStreamsBySource());
}

type ObservationRow = Omit<SourceObservationDto, 'maxSlotWalKeepBytes' | 'observedAt'> & {
  readonly maxSlotWalKeepBytes: bigint | null;
  readonly observedAt: Date;
};
type SourceRow = Omit<SourceDto, 'hasCaCertificate' | 'hasSecret' | 'streamCount' | 'createdAt' | 'observation' | 'standbys'> & {
  readonly standbys: unknown;
  readonly caCertificate: string | null;
  readonly createdAt: Date;
  readonly observation: ObservationRow | null;
};

function toDto({ caCertificate, ...row }: SourceRow, counts: ReadonlyMap<string, number>): SourceDto {
  return {
    ...row,
    // Written by the verbs alone, which parse it (core/spec/source-database.ts).
    standbys: row.standbys as SourceDto['standbys'],
    hasCaCertificate: caCertificate !== null,
    hasSecret: true,
    streamCount: counts.get(row.name) ?? 0,
    createdAt: toIso(row.createdAt),
    observation: toObservation(row.observation),
  };
}

export function toObservation(row: ObservationRow | null): SourceObservationDto | null {
  return row && { ...row, maxSlotWalKeepBytes: toNumber(row.maxSlotWalKeepBytes), observedAt: toIso(row.observedAt) };
}
