'use client';

import { Database } from 'lucide-react';
import { slotsLeft } from '@/components/declare/source-step';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { formatBytes, formatCount } from '@/components/ui/figures';
import { RelativeTime } from '@/components/ui/relative-time';
import { RowLink } from '@/components/ui/row-link';
import { StaleNotice } from '@/components/ui/stale-notice';
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from '@/components/ui/table';
import { useLive } from '@/components/ui/use-live';
import type { SourceDto } from '@/core/dto/connection';

export function SourceList({ initial, mayRegister }: { initial: readonly SourceDto[]; mayRegister: boolean }) {
  const live = useLive({ url: '/api/sources', initialData: initial });
  return (
    <>
      <StaleNotice live={live} />
      <Card flush>
        {live.data.length === 0 ? (
          <EmptyState icon={Database} title="No source database is registered">
            {mayRegister
              ? 'Register the Postgres that people want to stream from. Its password is sealed to the worker’s key as you send it; the portal cannot read it back.'
              : 'Platform admins register source databases. Until then no stream can be declared.'}
          </EmptyState>
        ) : (
          <Table label="Source databases">
            <TableHead>
              <HeadCell>Source</HeadCell>
              <HeadCell>State</HeadCell>
              <HeadCell>Slots</HeadCell>
              <HeadCell>WAL</HeadCell>
              <HeadCell>Cap for slots</HeadCell>
              <HeadCell>Streams</HeadCell>
            </TableHead>
            <TableBody>
              {live.data.map((source) => (
                <SourceRow key={source.id} source={source} />
              ))}
            </TableBody>
          </Table>
        )}
      </Card>
    </>
  );
}

function SourceRow({ source }: { source: SourceDto }) {
  const { observation } = source;
  const slots = slotsLeft(source);
  return (
    <Row>
      <Cell>
        <RowLink
          href={`/sources/${source.id}`}
          className="font-medium underline decoration-line-strong underline-offset-4 hover:decoration-accent"
        >
          {source.name}
        </RowLink>
        <span className="block font-mono text-xs break-all text-ink-muted">
          {source.host}:{source.port}/{source.database}
        </span>
      </Cell>
      <Cell heading="State">
        <Reachability source={source} />
      </Cell>
      <Cell heading="Slots">{slots ? `${formatCount(slots.left)} of ${formatCount(slots.of)} left` : 'not known'}</Cell>
      <Cell heading="WAL">{observation?.walBytesPerSec == null ? 'not known' : `${formatBytes(observation.walBytesPerSec)}/s`}</Cell>
      <Cell heading="Cap for slots">
        {!observation?.reachable ? (
          'not known'
        ) : observation.maxSlotWalKeepBytes === null ? (
          <span className="text-attention">none</span>
        ) : (
          formatBytes(observation.maxSlotWalKeepBytes)
        )}
      </Cell>
      <Cell heading="Streams">{formatCount(source.streamCount)}</Cell>
    </Row>
  );
}

/** Reachable or not, in a word, with when it was last looked at. */
export function Reachability({ source: { observation } }: { source: SourceDto }) {
  if (!observation) return <Badge>Not observed yet</Badge>;
  return (
    <span className="flex flex-col items-start gap-0.5 max-sm:items-end">
      <Badge tone={observation.reachable ? 'healthy' : 'danger'}>
        {observation.reachable ? `PostgreSQL ${observation.serverVersion ?? ''}` : 'Not reachable'}
      </Badge>
      <span className="text-xs text-ink-muted">
        looked at <RelativeTime at={observation.observedAt} />
      </span>
    </span>
  );
}
