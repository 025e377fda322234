'use client';

import { CircleAlert, CircleCheck, FileInput, Plus, SearchX, Waypoints } from 'lucide-react';
import Link from 'next/link';
import { usePathname, useSearchParams } from 'next/navigation';
import { PageHeader } from '@/components/layout/page-header';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { formatPlural } from '@/components/ui/figures';
import { Pager } from '@/components/ui/pager';
import { StaleNotice } from '@/components/ui/stale-notice';
import { useSettled } from '@/components/ui/use-settled';
import type { DraftDto, StreamPageDto } from '@/core/dto/stream';
import { addressOfQuery, NO_FILTER, type StreamQuery, streamQueryFrom } from '@/core/lifecycle/stream-filter';
import type { StreamGlance } from '@/core/lifecycle/stream-glance';
import { DraftsList } from './drafts-list';
import { glanceWords } from './glance';
import { StreamsFilters } from './streams-filters';
import { StreamsTable } from './streams-table';
import { useStreams } from './use-streams';

interface StreamsViewProps {
  /** What the server found by the query of the address. */
  readonly first: StreamPageDto;
  readonly firstQuery: StreamQuery;
  readonly drafts: readonly DraftDto[];
  readonly mayDeclare: boolean;
}

export function StreamsView({ first, firstQuery, drafts, mayDeclare }: StreamsViewProps) {
  const path = usePathname();
  const query = streamQueryFrom(useSearchParams());
  const address = useSettled(addressOfQuery(query));
  const live = useStreams(streamQueryFrom(new URLSearchParams(address)), { query: firstQuery, page: first });
  const go = (next: StreamQuery) => {
    const wanted = addressOfQuery(next);
    window.history.replaceState(null, '', wanted ? `${path}?${wanted}` : path);
  };
  const { streams, total, teams, glance, page, pages, pageSize, matching } = live.data;
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
      <PageHeader title="Streams" actions={total > 0 ? declare : null} description={total > 0 ? <GlanceLine glance={glance} /> : null} />
      <StaleNotice live={live} />
      {drafts.length > 0 ? <DraftsList drafts={drafts} /> : null}
      {total === 0 ? (
        <Card>
          <EmptyState icon={Waypoints} title="No stream yet" action={declare}>
            {mayDeclare
              ? 'A stream delivers every change of one table to a sink: Kafka, an HTTP endpoint or an event log. Declare one, look at real rows on the way, and ask a platform admin for its replication slot.'
              : 'Builders declare streams of their team’s tables. Those that you may read appear here.'}
          </EmptyState>
        </Card>
      ) : (
        <>
          <StreamsFilters filter={query} teams={teams} onChange={(filter) => go({ ...filter, page: 1 })} />
          <Card flush>
            {streams.length > 0 ? (
              <>
                <StreamsTable streams={streams} showTeam={teams.length > 1} />
                <Pager
                  of="streams"
                  {...{ page, pages, pageSize, matching }}
                  shown={streams.length}
                  onPage={(next) => {
                    go({ ...query, page: next });
                    window.scrollTo({ top: 0 });
                  }}
                />
              </>
            ) : (
              <EmptyState
                icon={SearchX}
                title="No stream matches"
                action={<Button onClick={() => go({ ...NO_FILTER, page: 1 })}>Clear the filter</Button>}
              >
                {formatPlural(total, 'stream')} are hidden by the filter, retired ones among them.
              </EmptyState>
            )}
          </Card>
        </>
      )}
    </>
  );
}

function GlanceLine({ glance }: { glance: StreamGlance }) {
  const { counts, verdict, calm } = glanceWords(glance);
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
