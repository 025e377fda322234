'use client';

import { Cable, SearchX } from 'lucide-react';
import Link from 'next/link';
import { usePathname, useSearchParams } from 'next/navigation';
import { PageHeader } from '@/components/layout/page-header';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { formatPlural } from '@/components/ui/figures';
import { Pager } from '@/components/ui/pager';
import { StaleNotice } from '@/components/ui/stale-notice';
import { useLive } from '@/components/ui/use-live';
import { useSettled } from '@/components/ui/use-settled';
import type { SlotQuery, SlotsPageDto, SourceSlotsDto } from '@/core/dto/slot';
import { addressOfSlots, slotQueryFrom } from '@/core/lifecycle/slot-query';
import type { SetBudget } from './budget-dialog';
import { ServerFacts } from './server-facts';
import { SlotsFilters } from './slots-filters';
import { SlotsTable } from './slots-table';

interface SlotsViewProps {
  /** What the server found by the query of the address. */
  readonly first: SlotsPageDto;
  readonly firstQuery: SlotQuery;
  /** Admins and auditors see foreign slots and orphans too. */
  readonly seesAll: boolean;
  readonly mayRegister: boolean;
  /** Null for everybody but platform admins. */
  readonly setBudget: SetBudget | null;
}

export function SlotsView({ first, firstQuery, seesAll, mayRegister, setBudget }: SlotsViewProps) {
  const path = usePathname();
  const query = slotQueryFrom(useSearchParams());
  const url = slotsUrl(useSettled(addressOfSlots(query)));
  const live = useLive<SlotsPageDto>({
    url,
    initialData: url === slotsUrl(addressOfSlots(firstQuery)) ? first : undefined,
    keepPrevious: true,
  });
  const { sources, needLook, allSources, page, pages, pageSize, matching } = live.data ?? first;
  const go = (next: Partial<SlotQuery>) => {
    const wanted = addressOfSlots({ ...query, page: 1, ...next });
    window.history.replaceState(null, '', wanted ? `${path}?${wanted}` : path);
  };
  const one = query.sourceId !== null;
  return (
    <>
      <PageHeader
        title="Slots"
        description={
          <>
            {needLook === 0 ? 'No slot needs a look. ' : `${formatPlural(needLook, 'slot needs', 'slots need')} a look. `}
            {seesAll
              ? 'Every replication slot of every source, ours and foreign: each makes its server keep WAL until it is read.'
              : 'The replication slots of your teams’ streams. Slots of others are for platform admins and auditors.'}
          </>
        }
      />
      <StaleNotice live={live} />
      {allSources === 0 ? (
        <Card>
          <EmptyState
            icon={Cable}
            title="No source database yet"
            action={
              mayRegister ? (
                <Button asChild variant="primary">
                  <Link href="/sources/new">Register source</Link>
                </Button>
              ) : null
            }
          >
            Slots appear here once a platform admin has registered a source database.
          </EmptyState>
        </Card>
      ) : null}
      {allSources > 0 ? <SlotsFilters query={query} onChange={go} /> : null}
      {allSources > 0 && sources.length === 0 ? (
        <Card>
          <EmptyState icon={SearchX} title="No slot matches" action={<Button onClick={() => go(EVERYTHING)}>Clear the filter</Button>}>
            The filter hides the slots of {formatPlural(allSources, 'source')}.
          </EmptyState>
        </Card>
      ) : null}
      {sources.map((source) => (
        <Card key={source.sourceId} title={source.sourceName} flush>
          <div className="border-b px-4 pb-3">
            <ServerFacts source={source} />
          </div>
          {source.slots.length > 0 ? (
            <SlotsTable source={source} setBudget={setBudget} onChanged={live.refetch} />
          ) : (
            <p className="px-4 py-8 text-center text-ink-muted">{nothingHere(source, seesAll)}</p>
          )}
          {!one && source.matching > source.slots.length ? (
            <p className="flex flex-wrap items-center justify-between gap-2 border-t px-4 py-2.5 text-sm text-ink-muted">
              The {source.slots.length} most urgent of {formatPlural(source.matching, 'slot')}
              <Button size="sm" onClick={() => go({ sourceId: source.sourceId })}>
                Show all of {source.sourceName}
              </Button>
            </p>
          ) : null}
          {one ? (
            <Pager of="slots" {...{ page, pages, pageSize, matching }} shown={source.slots.length} onPage={(next) => go({ page: next })} />
          ) : null}
        </Card>
      ))}
      {one ? null : (
        <Pager of="sources" {...{ page, pages, pageSize, matching }} shown={sources.length} onPage={(next) => go({ page: next })} />
      )}
    </>
  );
}

const EVERYTHING: SlotQuery = { text: '', needsLook: false, sourceId: null, page: 1 };

const slotsUrl = (address: string): string => (address ? `/api/slots?${address}` : '/api/slots');

/** An empty list means three things, and only one of them is that there is no slot. */
function nothingHere(source: SourceSlotsDto, seesAll: boolean): string {
  if (!seesAll) return 'None of your streams has a slot here.';
  return source.observation?.reachable
    ? 'This server has no replication slot.'
    : 'Its slots are not known until the worker has reached it.';
}
