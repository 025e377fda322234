'use client';

import { Inbox } from 'lucide-react';
import Link from 'next/link';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { formatBytes } from '@/components/ui/figures';
import { RelativeTime } from '@/components/ui/relative-time';
import { StaleNotice } from '@/components/ui/stale-notice';
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from '@/components/ui/table';
import { useLive } from '@/components/ui/use-live';
import type { SlotRequestDto } from '@/core/dto/slot';
import { RequestBadge } from './request-badge';

interface RequestListProps {
  readonly pending: readonly SlotRequestDto[];
  readonly decided: readonly SlotRequestDto[];
  readonly mayDecide: boolean;
}

/** What waits for a decision first, the oldest on top; what was decided below. */
export function RequestList({ pending, decided, mayDecide }: RequestListProps) {
  const waiting = useLive({ url: '/api/requests?status=pending', initialData: pending });
  const past = useLive({ url: '/api/requests?status=decided', initialData: decided, intervalMs: 5000 });
  return (
    <>
      <StaleNotice live={waiting} />
      <Card title={`Waiting (${waiting.data.length})`} flush>
        {waiting.data.length === 0 ? (
          <EmptyState icon={Inbox} title="No request waits">
            {mayDecide
              ? 'When a builder requests a slot, it appears here with what it will cost the server.'
              : 'Declare a stream and request its slot; a platform admin decides here.'}
          </EmptyState>
        ) : (
          <Requests label="Waiting requests" requests={waiting.data} />
        )}
      </Card>
      {past.data.length > 0 ? (
        <Card title="Decided" flush>
          <Requests label="Decided requests" requests={past.data} />
        </Card>
      ) : null}
    </>
  );
}

function Requests({ label, requests }: { label: string; requests: readonly SlotRequestDto[] }) {
  return (
    <Table label={label}>
      <TableHead>
        <HeadCell>Stream</HeadCell>
        <HeadCell>Reads</HeadCell>
        <HeadCell>Requested</HeadCell>
        <HeadCell>State</HeadCell>
        <HeadCell>Decision</HeadCell>
      </TableHead>
      <TableBody>
        {requests.map((request) => (
          <Row key={request.id}>
            <Cell>
              <Link
                href={`/requests/${request.id}`}
                className="font-medium text-ink underline decoration-line-strong underline-offset-4 hover:decoration-accent"
              >
                {request.stream.name}
              </Link>
              <span className="block text-sm text-ink-muted">
                {request.stream.teamName}, revision {request.revisionNumber}
              </span>
            </Cell>
            <Cell heading="Reads">
              <span className="font-mono text-sm break-all">
                {request.spec.source.schema}.{request.spec.source.table.name}
              </span>
              <span className="block text-sm text-ink-muted">{request.spec.source.database}</span>
            </Cell>
            <Cell heading="Requested">
              <RelativeTime at={request.requestedAt} />
              <span className="block text-sm text-ink-muted">by {request.requestedBy}</span>
            </Cell>
            <Cell heading="State">
              <RequestBadge status={request.status} />
            </Cell>
            <Cell heading="Decision">
              {request.decidedAt ? (
                <>
                  <RelativeTime at={request.decidedAt} />
                  <span className="block text-sm text-ink-muted">
                    {[
                      request.decidedBy ? `by ${request.decidedBy}` : null,
                      request.walBudgetBytes ? `budget ${formatBytes(request.walBudgetBytes)}` : null,
                    ]
                      .filter(Boolean)
                      .join(', ')}
                  </span>
                </>
              ) : (
                <span className="text-ink-muted">none yet</span>
              )}
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
