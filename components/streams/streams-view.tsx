'use client';

import { CircleAlert, CircleCheck, FileInput, Plus, SearchX, Waypoints } from 'lucide-react';
import Link from 'next/link';
import { usePathname, useSearchParams } from 'next/navigation';
import { PageHeader } from '@/components/layout/page-header';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { formatPlural } from '@/components/ui/figures';
import { StaleNotice } from '@/components/ui/stale-notice';
import type { DraftDto, StreamRowDto } from '@/core/dto/stream';
import { DraftsList } from './drafts-list';
import { filterFromQuery, filterStreams, NO_FILTER, queryOfFilter, type StreamFilter } from './filter-streams';
import { glanceAt } from './glance';
import { StreamsFilters } from './streams-filters';
import { StreamsTable } from './streams-table';
import { useStreams } from './use-streams';

interface StreamsViewProps {
  readonly initialStreams: readonly StreamRowDto[];
  readonly drafts: readonly DraftDto[];
  readonly mayDeclare: boolean;
}

export function StreamsView({ initialStreams, drafts, mayDeclare }: StreamsViewProps) {
  const live = useStreams(initialStreams);
  const path = usePathname();
  const filter = filterFromQuery(useSearchParams());
  const setFilter = (next: StreamFilter) => {
    const query = queryOfFilter(next);
    window.history.replaceState(null, '', query ? `${path}?${query}` : path);
  };
  const streams = live.data;
  const shown = filterStreams(streams, filter);
  const teams = [...new Map(streams.map((stream) => [stream.team.id, stream.team])).values()].sort((a, b) => a.name.localeCompare(b.name));
  const declare = mayDeclare ? (
    <>
      <Button asChild>
        <Link href="/streams/import">
          <FileInput aria-hidden />
          Import manifest
        </Link>
      </Button>
      <Button variant="primary" asChild>
        <Link href="/streams/new">
          <Plus aria-hidden />
          Declare stream
        </Link>
      </Button>
    </>
  ) : null;
  return (
    <>
      <PageHeader
        title="Streams"
        actions={streams.length > 0 ? declare : null}
        description={streams.length > 0 ? <GlanceLine streams={streams} /> : null}
      />
      <StaleNotice live={live} />
      {drafts.length > 0 ? <DraftsList drafts={drafts} /> : null}
      {streams.length === 0 ? (
        <Card>
          <EmptyState icon={Waypoints} title="No stream yet" action={declare}>
            {mayDeclare
              ? 'A stream delivers every change of one table to a sink: Kafka, an HTTP endpoint or an event log. Declare one, look at real rows on the way, and ask a platform admin for its replication slot.'
              : 'Builders declare streams of their team’s tables. Those that you may read appear here.'}
          </EmptyState>
        </Card>
      ) : (
        <>
          <StreamsFilters filter={filter} teams={teams} onChange={setFilter} />
          <Card flush>
            {shown.length > 0 ? (
              <StreamsTable streams={shown} showTeam={teams.length > 1} />
            ) : (
              <EmptyState
                icon={SearchX}
                title="No stream matches"
                action={<Button onClick={() => setFilter(NO_FILTER)}>Clear the filter</Button>}
              >
                {formatPlural(streams.length, 'stream')} are hidden by the filter, retired ones among them.
              </EmptyState>
            )}
          </Card>
        </>
      )}
    </>
  );
}

function GlanceLine({ streams }: { streams: readonly StreamRowDto[] }) {
  const { counts, verdict, calm } = glanceAt(streams);
  const Icon = calm ? CircleCheck : CircleAlert;
  return (
    <p data-glance={calm ? 'calm' : 'needs'} className="flex items-start gap-1.5">
      <Icon className={calm ? 'mt-0.5 size-4 shrink-0 text-healthy' : 'mt-0.5 size-4 shrink-0 text-attention'} aria-hidden />
      <span>
        {counts ? `${counts}; ` : ''}
        <span className={calm ? undefined : 'font-medium text-ink'}>{verdict}</span>
      </span>
    </p>
  );
}
