'use client';

import { useQuery } from '@tanstack/react-query';
import { askWorker } from '@/components/inspections/ask-worker';
import { OutcomeError } from '@/components/inspections/outcome-error';
import { Card } from '@/components/ui/card';
import { formatCount, formatPlural, formatSpan } from '@/components/ui/figures';
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from '@/components/ui/table';
import type { ConsumerGroup, ConsumerLag } from '@/core/dto/consumer-lag';
import type { InspectionOutcome } from '@/core/dto/inspection';
import type { StreamDetailDto } from '@/core/dto/stream';

/** The worker asks the brokers only while somebody looks. */
const REFRESH_MS = 15_000;

/** Who reads what the stream writes into Kafka, and how far behind. */
export function ConsumersCard({ stream: { id, spec, state, figures } }: { stream: StreamDetailDto }) {
  const reads = spec.sink.type === 'Kafka' && state !== 'retired' && state !== 'retiring' && figures !== null;
  const { data, refetch } = useQuery({
    queryKey: ['consumer-lag', id],
    queryFn: ({ signal }): Promise<InspectionOutcome<'consumer-lag'>> => askWorker('consumer-lag', { streamId: id }, signal),
    enabled: reads,
    refetchInterval: REFRESH_MS,
    refetchIntervalInBackground: false,
  });
  if (!reads) return null;
  return (
    <Card
      title="Consumers"
      description={`Groups that read what this stream writes into Kafka, as its brokers know them. Read every ${REFRESH_MS / 1000} s while this page is open.`}
      flush
    >
      <div className="border-t">{data ? <Outcome outcome={data} onAgain={() => void refetch()} /> : <Said>Asking the brokers…</Said>}</div>
    </Card>
  );
}

function Outcome({ outcome, onAgain }: { outcome: InspectionOutcome<'consumer-lag'>; onAgain: () => void }) {
  if (outcome.ok) return <Groups lag={outcome.answer} />;
  return (
    <div className="p-4">
      <OutcomeError failure={outcome} onAgain={onAgain} what="who reads its topics" />
    </div>
  );
}

function Groups({ lag: { topics, moreTopics, groups, moreGroups, note } }: { lag: ConsumerLag }) {
  return (
    <>
      {groups.length > 0 ? (
        <Table label="Consumer groups">
          <TableHead>
            <HeadCell>Group</HeadCell>
            <HeadCell>Members</HeadCell>
            <HeadCell>Behind</HeadCell>
            <HeadCell>Oldest that waits</HeadCell>
          </TableHead>
          <TableBody>
            {groups.map((group) => (
              <GroupRow key={group.id} group={group} />
            ))}
          </TableBody>
        </Table>
      ) : null}
      {note ? <Said>{note}</Said> : null}
      {topics.length > 0 ? (
        <p className="border-t px-4 py-2 text-sm break-words text-ink-muted">
          {moreGroups > 0 ? `${formatPlural(moreGroups, 'more group')}, less behind. ` : null}
          {topics.length === 1 ? 'Topic' : 'Topics'} <span className="font-mono">{topics.slice(0, 5).join(', ')}</span>
          {topics.length + moreTopics > 5 ? ` and ${formatPlural(topics.length - 5 + moreTopics, 'other')}` : null}
        </p>
      ) : null}
    </>
  );
}

function GroupRow({ group: { id, members, lag, uncommittedPartitions, waitingOverMs } }: { group: ConsumerGroup }) {
  return (
    <Row>
      <Cell className="font-mono text-sm break-all">{id}</Cell>
      <Cell heading="Members" className="whitespace-nowrap">
        {members === null ? 'not told' : members === 0 ? 'none now' : formatCount(members)}
      </Cell>
      <Cell heading="Behind">
        <span className="whitespace-nowrap">{lag === 0 ? 'nothing' : formatPlural(lag, 'record')}</span>
        {uncommittedPartitions > 0 ? (
          <span className="block text-sm text-ink-muted">{formatPlural(uncommittedPartitions, 'partition')} not known</span>
        ) : null}
      </Cell>
      <Cell heading="Oldest that waits" className="whitespace-nowrap">
        {waitingWords(waitingOverMs)}
      </Cell>
    </Row>
  );
}

function waitingWords(overMs: number | null): string {
  if (overMs === null) return 'none';
  return overMs === 0 ? 'under 1 min' : `over ${formatSpan(overMs / 1000)}`;
}

function Said({ children }: { children: React.ReactNode }) {
  return (
    <p role="status" className="px-4 py-4 text-ink-muted">
      {children}
    </p>
  );
}
