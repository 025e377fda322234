'use client';

import { Inbox } from 'lucide-react';
import { useState } from 'react';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { formatBytes, formatCount } from '@/components/ui/figures';
import { Pager } from '@/components/ui/pager';
import { RelativeTime } from '@/components/ui/relative-time';
import { RowLink } from '@/components/ui/row-link';
import { StaleNotice } from '@/components/ui/stale-notice';
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from '@/components/ui/table';
import { useLive } from '@/components/ui/use-live';
import type { RequestPageDto } from '@/core/dto/slot';
import { RequestBadge } from './request-badge';

interface RequestListProps {
  readonly pending: RequestPageDto;
  readonly decided: RequestPageDto;
  readonly mayDecide: boolean;
}

/** What waits for a decision first, the oldest on top; what was decided below. */
export function RequestList({ pending, decided, mayDecide }: RequestListProps) {
  const waiting = useRequests('pending', pending, 2000);
  const past = useRequests('decided', decided, 5000);
  return (
    <>
      <StaleNotice live={waiting} />
      <Card title={`Waiting (${formatCount(waiting.data.matching)})`} flush>
        {waiting.data.matching === 0 ? (
          <EmptyState icon={Inbox} title="No request waits">
            {mayDecide
              ? 'When a builder requests a slot, it appears here with what it will cost the server.'
              : 'Declare a stream and request its slot; a platform admin decides here.'}
          </EmptyState>
        ) : (
          <Requests label="Waiting requests" found={waiting.data} onPage={waiting.goTo} />
        )}
      </Card>
      {past.data.matching > 0 ? (
        <Card title="Decided" flush>
          <Requests label="Decided requests" found={past.data} onPage={past.goTo} />
        </Card>
      ) : null}
    </>
  );
}

/** A page of requests, read again every so often; the first one is what the server rendered. */
function useRequests(status: 'pending' | 'decided', first: RequestPageDto, intervalMs: number) {
  const [page, goTo] = useState(1);
  const live = useLive<RequestPageDto>({
    url: `/api/requests?status=${status}&page=${page}`,
    initialData: page === 1 ? first : undefined,
    intervalMs,
    keepPrevious: true,
  });
  return { ...live, data: live.data ?? first, goTo };
}

interface RequestsProps {
  readonly label: string;
  readonly found: RequestPageDto;
  readonly onPage: (page: number) => void;
}

function Requests({ label, found: { requests, ...place }, onPage }: RequestsProps) {
  return (
    <>
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
                <RowLink
                  href={`/requests/${request.id}`}
                  className="font-medium text-ink underline decoration-line-strong underline-offset-4 hover:decoration-accent"
                >
                  {request.stream.name}
                </RowLink>
                <span className="block text-sm text-ink-muted">
                  {request.stream.teamName}, revision {request.revisionNumber}
                </span>
              </Cell>
              <Cell heading="Reads">
                <span className="font-mono text-sm break-all">{request.table}</span>
                <span className="block text-sm text-ink-muted">{request.sourceName}</span>
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
      <Pager of="requests" {...place} shown={requests.length} onPage={onPage} />
    </>
  );
}
