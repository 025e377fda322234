'use client';

import { Send } from 'lucide-react';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { formatCount } from '@/components/ui/figures';
import { RelativeTime } from '@/components/ui/relative-time';
import { RowLink } from '@/components/ui/row-link';
import { StaleNotice } from '@/components/ui/stale-notice';
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from '@/components/ui/table';
import { useLive } from '@/components/ui/use-live';
import type { SinkTargetDto } from '@/core/dto/connection';
import { placeOf } from './target-place';

export function TargetList({ initial, mayRegister }: { initial: readonly SinkTargetDto[]; mayRegister: boolean }) {
  const live = useLive({ url: '/api/sink-targets', initialData: initial, intervalMs: 5000 });
  return (
    <>
      <StaleNotice live={live} />
      <Card flush>
        {live.data.length === 0 ? (
          <EmptyState icon={Send} title="No sink target is registered">
            {mayRegister
              ? 'Register where events may go: an HTTP receiver, a Kafka cluster or an event log. Builders then choose it by name.'
              : 'Platform admins register sink targets. Until then no stream can be declared.'}
          </EmptyState>
        ) : (
          <Table label="Sink targets">
            <TableHead>
              <HeadCell>Sink target</HeadCell>
              <HeadCell>Type</HeadCell>
              <HeadCell>Place</HeadCell>
              <HeadCell>Secret</HeadCell>
              <HeadCell>Streams</HeadCell>
              <HeadCell>Registered</HeadCell>
            </TableHead>
            <TableBody>
              {live.data.map((target) => (
                <Row key={target.id}>
                  <Cell>
                    <RowLink
                      href={`/sinks/${target.id}`}
                      className="font-medium underline decoration-line-strong underline-offset-4 hover:decoration-accent"
                    >
                      {target.name}
                    </RowLink>
                  </Cell>
                  <Cell heading="Type">{target.config.type}</Cell>
                  <Cell heading="Place">
                    <span className="font-mono text-sm break-all">{placeOf(target.config)}</span>
                  </Cell>
                  <Cell heading="Secret">{target.hasSecret ? 'stored' : 'none'}</Cell>
                  <Cell heading="Streams">{formatCount(target.streamCount)}</Cell>
                  <Cell heading="Registered">
                    <RelativeTime at={target.createdAt} />
                  </Cell>
                </Row>
              ))}
            </TableBody>
          </Table>
        )}
      </Card>
    </>
  );
}
