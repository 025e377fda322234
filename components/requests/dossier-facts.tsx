import { IdentityTrouble } from '@/components/declare/identity-trouble';
import { CheckSteps, summaryOfSteps } from '@/components/inspections/check-steps';
import { Card } from '@/components/ui/card';
import { formatBytes, formatCount, formatDuration, formatPlural, formatRate } from '@/components/ui/figures';
import type { Dossier } from '@/core/dto/inspection';
import { type Fact, Facts } from './facts';

/** The facts behind the verdict, each with what it means. `before` is the dossier of the day of the request. */
export function DossierFacts({ dossier, before }: { dossier: Dossier; before: Dossier | null }) {
  return (
    <>
      <Card title="If this stream stops">
        <Facts facts={forecastFacts(dossier)} />
      </Card>
      <Card title="Server">
        <Facts facts={serverFacts(dossier, before)} />
      </Card>
      <Card title="Table">
        <div className="flex flex-col gap-4">
          <Facts facts={tableFacts(dossier, before)} />
          <IdentityTrouble table={dossier.table} />
        </div>
      </Card>
      <Card title="Checks" description={`${summaryOfSteps(dossier.checks).words}.`}>
        <CheckSteps folded label="Checks" steps={dossier.checks} />
      </Card>
    </>
  );
}

/** "was 1.2 MB at the request", when the figure moved. */
function was(then: string | undefined, now: string): string | undefined {
  return then !== undefined && then !== now ? `${then} when it was requested` : undefined;
}

function forecastFacts({ forecast, server }: Dossier): Fact[] {
  const { secondsToCap, secondsToBudget, suggestedBudgetBytes } = forecast;
  return [
    {
      name: 'Server’s cap on WAL for slots',
      value: server.maxSlotWalKeepBytes === null ? 'none' : formatBytes(server.maxSlotWalKeepBytes),
      hint:
        server.maxSlotWalKeepBytes === null
          ? 'max_slot_wal_keep_size is −1: a slot that nobody reads can fill the disk.'
          : 'max_slot_wal_keep_size: beyond it the server invalidates the slot.',
    },
    {
      name: 'Cap reached in',
      value: secondsToCap === null ? 'not at this rate' : `about ${formatDuration(secondsToCap)}`,
      hint: 'From the moment it stops, at the rate sampled now.',
    },
    {
      name: 'Suggested budget reached in',
      value: secondsToBudget === null ? 'not at this rate' : `about ${formatDuration(secondsToBudget)}`,
      hint: `The suggestion is ${formatBytes(suggestedBudgetBytes)}.`,
    },
  ];
}

function serverFacts({ server, cost }: Dossier, before: Dossier | null): Fact[] {
  const wal = `${formatBytes(server.walBytesPerSec)}/s`;
  const slots = `${server.usedSlots} of ${server.maxSlots} used`;
  return [
    {
      name: 'Slots',
      value: slots,
      hint:
        was(before ? `${before.server.usedSlots} of ${before.server.maxSlots} used` : undefined, slots) ??
        `${formatPlural(server.maxSlots - server.usedSlots, 'slot')} left`,
    },
    { name: 'Slots of Spillway', value: `${server.ourSlots} of ${server.slotLimit}`, hint: 'The limit that an admin set for this source.' },
    { name: 'WAL senders', value: `${server.usedSenders} of ${server.maxSenders} used`, hint: 'Each running stream takes one.' },
    {
      name: 'WAL written',
      value: wal,
      hint:
        was(before ? `${formatBytes(before.server.walBytesPerSec)}/s` : undefined, wal) ??
        `Sampled for ${formatDuration(server.sampledSeconds)}.`,
    },
    {
      name: 'Cost of one more slot',
      value: `${cost.extraDecodeCores < 0.01 ? 'under 0.01' : formatPlural(Math.round(cost.extraDecodeCores * 100) / 100, 'core')}${cost.extraDecodeCores < 0.01 ? ' cores' : ''}`,
      hint: `Every slot decodes all WAL of its database: ${formatRate(cost.rowsPerSec, 'rows')} at 1.5 µs a row.`,
    },
    { name: 'Server version', value: server.version },
  ];
}

function tableFacts({ table }: Dossier, before: Dossier | null): Fact[] {
  const size = formatBytes(table.totalBytes);
  const toasted = table.columns.filter((column) => column.toastable).map((column) => column.name);
  return [
    {
      name: 'Table',
      value: <span className="font-mono text-sm">{`${table.schema}.${table.name}`}</span>,
      hint: table.kind === 'partitioned' ? 'Partitioned root' : undefined,
    },
    {
      name: 'Size',
      value: size,
      hint:
        was(before ? formatBytes(before.table.totalBytes) : undefined, size) ??
        `about ${formatCount(Math.max(0, table.estimatedRows))} rows`,
    },
    {
      name: 'Replica identity',
      value: table.replicaIdentity,
      hint:
        table.identityColumns.length > 0 ? `Rows are identified by ${table.identityColumns.join(', ')}.` : 'No column identifies a row.',
    },
    {
      name: 'Large values',
      value: toasted.length === 0 ? 'none' : formatPlural(toasted.length, 'column'),
      hint: toasted.length === 0 ? undefined : `${toasted.slice(0, 6).join(', ')}: unchanged ones are not in updates.`,
    },
  ];
}
