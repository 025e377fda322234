import { CircleCheck, CircleDashed, CircleHelp, type LucideIcon, OctagonAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { WalMeter } from '@/components/streams/wal-meter';
import { Badge } from '@/components/ui/badge';
import { formatBytes } from '@/components/ui/figures';
import { Popover } from '@/components/ui/popover';
import { RelativeTime } from '@/components/ui/relative-time';
import { RowLink } from '@/components/ui/row-link';
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from '@/components/ui/table';
import type { SlotDto, SourceSlotsDto } from '@/core/dto/slot';
import { type SlotVerdict, slotVerdict, walStatusMeaning } from '@/core/lifecycle/slot-standing';
import type { Tone } from '@/core/lifecycle/stream-state';
import { BudgetDialog, type SetBudget } from './budget-dialog';
import { FailoverNote, FailoverWord } from './failover-note';

interface SlotsTableProps {
  readonly source: SourceSlotsDto;
  /** Null for those who may not change budgets. */
  readonly setBudget: SetBudget | null;
  readonly onChanged: () => void;
}

export function SlotsTable({ source, setBudget, onChanged }: SlotsTableProps) {
  return (
    <Table label={`Slots of ${source.sourceName}`}>
      <TableHead>
        <HeadCell>Slot</HeadCell>
        <HeadCell>Standing</HeadCell>
        <HeadCell>Retained WAL</HeadCell>
        <HeadCell>Lag</HeadCell>
        <HeadCell>WAL status</HeadCell>
        <HeadCell>Held by</HeadCell>
      </TableHead>
      <TableBody>
        {source.slots.map((slot) => (
          <SlotRow
            key={slot.slotName}
            slot={slot}
            budget={
              setBudget && slot.stream && slot.stream.walBudgetBytes !== null && slot.walStatus !== 'lost' ? (
                <BudgetDialog
                  stream={{ ...slot.stream, walBudgetBytes: slot.stream.walBudgetBytes }}
                  server={source.observation}
                  setBudget={setBudget}
                  onDone={onChanged}
                />
              ) : null
            }
          />
        ))}
      </TableBody>
    </Table>
  );
}

function SlotRow({ slot, budget }: { slot: SlotDto; budget: ReactNode }) {
  return (
    <Row>
      <Cell className="max-sm:block sm:min-w-72">
        <span className="block font-mono text-sm break-all">{slot.slotName}</span>
        <span className="block text-sm text-ink-muted">
          {slot.stream ? (
            <>
              stream{' '}
              <RowLink href={`/streams/${slot.stream.id}`} className="font-medium text-accent hover:underline">
                {slot.stream.name}
              </RowLink>
            </>
          ) : slot.orphan ? (
            'ours, claimed by no stream'
          ) : (
            'not ours'
          )}
          {' · '}
          {[slot.plugin ?? slot.slotType, slot.database, slot.temporary ? 'temporary' : null].filter(Boolean).join(' · ')}
        </span>
      </Cell>
      <Cell heading="Standing">
        <Standing verdict={slotVerdict(slot)} slot={slot} />
        {slot.stream ? <Failover slot={slot} /> : null}
      </Cell>
      <Cell heading="Retained WAL">
        <div className="flex flex-col items-start gap-1.5 max-sm:items-end">
          {slot.retainedBytes === null ? (
            <span className="text-ink-muted">{slot.walStatus === null ? 'none' : 'unknown'}</span>
          ) : (
            <WalMeter retainedBytes={slot.retainedBytes} budgetBytes={slot.stream?.walBudgetBytes ?? null} />
          )}
          {budget}
        </div>
      </Cell>
      <Cell heading="Lag" className="whitespace-nowrap">
        <span title={slot.verdict?.sentence}>
          {slot.lagBytes === null ? (slot.slotType === 'logical' ? 'unknown' : '–') : formatBytes(slot.lagBytes)}
        </span>
      </Cell>
      <Cell heading="WAL status">
        <span title={walStatusMeaning(slot.walStatus)}>{slot.walStatus ?? '–'}</span>
        {slot.safeWalSize === null ? null : (
          <span className="block text-sm whitespace-nowrap text-ink-muted">
            {formatBytes(Math.abs(slot.safeWalSize))} {slot.safeWalSize < 0 ? 'past the cap' : 'to the cap'}
          </span>
        )}
      </Cell>
      <Cell heading="Held by" className="sm:max-w-60">
        <Holder slot={slot} />
      </Cell>
    </Row>
  );
}

const ICONS: Readonly<Record<Tone, LucideIcon>> = {
  healthy: CircleCheck,
  neutral: CircleDashed,
  attention: CircleHelp,
  danger: OctagonAlert,
  spilling: CircleHelp,
};

function Standing({ verdict, slot }: { verdict: SlotVerdict; slot: SlotDto }) {
  return (
    <Popover
      label={verdict.word}
      trigger={
        <button type="button" title={verdict.sentence} className="rounded-full">
          <Badge tone={verdict.tone} icon={ICONS[verdict.tone]}>
            {verdict.word}
          </Badge>
        </button>
      }
    >
      <p>{verdict.sentence}</p>
      {slot.verdict ? <p className="mt-2">{slot.verdict.sentence}</p> : null}
      <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-3 border-t pt-2 text-sm">
        <dt className="text-ink-muted">WAL status</dt>
        <dd>
          {slot.walStatus ?? 'none'}: {walStatusMeaning(slot.walStatus)}
        </dd>
        <dt className="text-ink-muted">restart_lsn</dt>
        <dd className="font-mono">{slot.restartLsn ?? '–'}</dd>
        <dt className="text-ink-muted">confirmed</dt>
        <dd className="font-mono">{slot.confirmedFlushLsn ?? '–'}</dd>
      </dl>
      {slot.orphan ? (
        <p className="mt-2 border-t pt-2 text-sm">
          To drop it: <code className="font-mono break-all">select pg_drop_replication_slot('{slot.slotName}')</code>
        </p>
      ) : null}
    </Popover>
  );
}

function Failover({ slot }: { slot: SlotDto }) {
  const verdict = slot.failoverVerdict;
  return (
    <div className="mt-1 text-sm">
      <Popover
        label="Failover"
        className="w-96 max-w-[calc(100vw-2rem)]"
        trigger={
          <button type="button" title={verdict?.sentence} className="rounded-md text-left hover:underline">
            <FailoverWord verdict={verdict} />
          </button>
        }
      >
        <FailoverNote verdict={verdict} />
        {verdict ? null : <p className="text-sm text-ink-muted">The worker has not looked at the standbys for a while.</p>}
      </Popover>
    </div>
  );
}

function Holder({ slot }: { slot: SlotDto }) {
  if (!slot.active) {
    return (
      <span className="text-ink-muted">
        nobody
        {slot.inactiveSince ? (
          <span className="block text-sm whitespace-nowrap">
            for <RelativeTime at={slot.inactiveSince} as="span" />
          </span>
        ) : null}
      </span>
    );
  }
  const raw = [slot.applicationName, slot.username, slot.clientAddress].filter(Boolean).join(' · ');
  const ours = slot.stream !== null && slot.applicationName?.startsWith('spillway:');
  return (
    <span>
      <span className="block whitespace-nowrap">process {slot.activePid ?? 'unknown'}</span>
      <span className="block text-sm break-all text-ink-muted" title={raw}>
        {ours ? 'the stream’s own pipeline' : raw}
      </span>
    </span>
  );
}
