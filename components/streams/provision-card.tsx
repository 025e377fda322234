import { CircleCheck, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { BudgetDialog, type SetBudget } from '@/components/slots/budget-dialog';
import { FailoverNote } from '@/components/slots/failover-note';
import { Card } from '@/components/ui/card';
import { CopyButton } from '@/components/ui/copy-button';
import { formatBytes, formatExact } from '@/components/ui/figures';
import { RelativeTime } from '@/components/ui/relative-time';
import type { DropProof, StreamDetailDto } from '@/core/dto/stream';

interface ProvisionCardProps {
  readonly stream: StreamDetailDto;
  readonly setBudget: SetBudget;
  readonly onChanged: () => void;
}

/** What was made on the source for this stream, who runs it, and the proof that it is gone after retirement. */
export function ProvisionCard({ stream, setBudget, onChanged }: ProvisionCardProps) {
  const { provision, figures } = stream;
  return (
    <Card
      title="On the source"
      actions={
        provision && !provision.droppedAt ? (
          <Link href="/slots" className="text-sm text-accent hover:underline">
            All slots
          </Link>
        ) : null
      }
    >
      {provision ? (
        <dl className="flex flex-col gap-2">
          <Fact name="Replication slot" mono copy={provision.slotName}>
            {provision.slotName}
          </Fact>
          <Fact name="Publication" mono copy={provision.publicationName}>
            {provision.publicationName}
          </Fact>
          <Fact name="Consistent point" mono>
            {provision.consistentPoint ?? 'not created yet'}
          </Fact>
          {figures?.confirmedLsn && !provision.droppedAt ? (
            <Fact name="Confirmed LSN" mono>
              {figures.confirmedLsn}
            </Fact>
          ) : null}
          {provision.droppedAt ? null : (
            <Fact name="WAL budget">
              <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
                {formatBytes(provision.walBudgetBytes)}
                {stream.may.setBudget ? (
                  <BudgetDialog
                    stream={{ id: stream.id, name: stream.name, walBudgetBytes: provision.walBudgetBytes }}
                    server={{ walBytesPerSec: stream.walBytesPerSec, maxSlotWalKeepBytes: stream.serverCapBytes }}
                    setBudget={setBudget}
                    onDone={onChanged}
                  />
                ) : null}
              </span>
            </Fact>
          )}
          {provision.droppedAt || !provision.consistentPoint ? null : (
            <Fact name="Failover">
              <FailoverNote verdict={stream.failover} />
            </Fact>
          )}
          <Fact name="Initial snapshot">{SNAPSHOT_WORDS[provision.snapshotState] ?? provision.snapshotState}</Fact>
          {figures?.pid && !figures.stale ? (
            <Fact name="Pipeline">
              process {figures.pid}
              {figures.epoch === null ? '' : `, epoch ${figures.epoch}`}
              {figures.rssBytes === null ? '' : `, ${formatBytes(figures.rssBytes)} of memory`}
              {figures.startedAt ? (
                <>
                  , started <RelativeTime at={figures.startedAt} />
                </>
              ) : null}
            </Fact>
          ) : null}
          {provision.dropProof ? (
            <Fact name={isGone(provision.dropProof) ? 'Gone from the server' : 'Not gone yet'}>
              <DropProofLine proof={provision.dropProof} />
            </Fact>
          ) : null}
        </dl>
      ) : (
        <p className="text-ink-muted">Nothing yet: publication and replication slot are created after approval.</p>
      )}
    </Card>
  );
}

const SNAPSHOT_WORDS: Readonly<Record<string, string>> = {
  none: 'not wanted',
  pending: 'waits for the slot',
  running: 'running',
  done: 'done',
};

function Fact({ name, mono, copy, children }: { name: string; mono?: boolean; copy?: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-sm text-ink-muted">{name}</dt>
      <dd className={mono ? 'flex items-center gap-1 font-mono text-sm break-all' : 'break-words'}>
        {mono ? <span className="min-w-0">{children}</span> : children}
        {copy ? <CopyButton text={copy} what={name.toLowerCase()} /> : null}
      </dd>
    </div>
  );
}

function isGone(proof: DropProof): boolean {
  return proof.slots === 0 && proof.publications === 0 && proof.walsenders === 0;
}

function DropProofLine({ proof }: { proof: DropProof }) {
  const gone = isGone(proof);
  const Icon = gone ? CircleCheck : TriangleAlert;
  return (
    <span className={gone ? 'flex gap-1.5 text-healthy' : 'flex gap-1.5 text-attention'} data-drop-proof>
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <span>
        slots {proof.slots}, publications {proof.publications}, walsenders {proof.walsenders} — read from the server at{' '}
        {formatExact(proof.checkedAt)}
      </span>
    </span>
  );
}
