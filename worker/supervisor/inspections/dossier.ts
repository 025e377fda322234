import type { Dossier, InspectionInput } from '@/core/dto/inspection';
import { SpillwayError } from '@/core/errors';
import { forecastWal } from '@/core/postgres/wal-budget';
import type { SourceSpec } from '@/core/spec/source';
import { streamSpec } from '@/core/spec/stream-spec';
import type { SourceConnection } from '@/worker/pipeline/assignment';
import { preflight } from '@/worker/source/postgres/preflight';
import { sampleWalRate, serverFacts } from '@/worker/source/postgres/server-facts';
import { listTables } from '@/worker/source/postgres/tables';
import { countProvisions } from '../catalog/references';
import { type InspectionContext, sourceNamed } from './context';
import { dossierVerdict } from './verdict';

const SAMPLE_SECONDS = 3;
/** Every slot makes the server decode all WAL of its database: cores for each row per second (bench). */
const DECODE_CORES_PER_ROW = 1.5e-6;

/** What an admin has to know before approving: measured on the live server, now. */
export async function answerDossier(input: InspectionInput<'dossier'>, context: InspectionContext): Promise<Dossier> {
  const { source: spec } = streamSpec.parse(input.spec);
  const { row, connection } = await sourceNamed(spec.database, context);
  // Two connections at once, not five: the role's connection limit may be small.
  const [rate, { facts, tables, checks }, ourSlots] = await Promise.all([
    sampleWalRate(connection, SAMPLE_SECONDS),
    look(connection, spec),
    countProvisions(context.catalog.query, row.id),
  ]);
  const table = tables.find((known) => known.schema === spec.schema && known.name === spec.table.name);
  if (!table) throw new SpillwayError('table_missing', `there is no table "${spec.schema}"."${spec.table.name}" in ${row.name}`);
  const { walBytesPerSec, rowsPerSec, sampledSeconds } = rate;
  const { secondsToCap, secondsToBudget, suggestedBudgetBytes } = forecastWal({
    walBytesPerSec,
    retainedBytes: 0,
    capBytes: facts.maxSlotWalKeepBytes,
    budgetBytes: null,
  });
  const server: Dossier['server'] = {
    version: facts.serverVersion,
    walBytesPerSec,
    sampledSeconds,
    maxSlots: facts.maxSlots,
    usedSlots: facts.usedSlots,
    maxSenders: facts.maxSenders,
    usedSenders: facts.usedSenders,
    maxSlotWalKeepBytes: facts.maxSlotWalKeepBytes,
    slotLimit: row.slotLimit,
    ourSlots,
  };
  const forecast = { secondsToCap, secondsToBudget, suggestedBudgetBytes };
  return {
    computedAt: new Date().toISOString(),
    verdict: dossierVerdict(server, forecast, checks),
    server,
    cost: { rowsPerSec, extraDecodeCores: rowsPerSec * DECODE_CORES_PER_ROW },
    forecast,
    table,
    checks,
  };
}

async function look(source: SourceConnection, spec: SourceSpec) {
  const facts = await serverFacts(source);
  const tables = await listTables(source);
  return { facts, tables, checks: await preflight({ source, spec }) };
}
