'use client';

import { Cable } from 'lucide-react';
import Link from 'next/link';
import { PageHeader } from '@/components/layout/page-header';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { formatPlural } from '@/components/ui/figures';
import { StaleNotice } from '@/components/ui/stale-notice';
import { useLive } from '@/components/ui/use-live';
import type { SourceSlotsDto } from '@/core/dto/slot';
import type { SetBudget } from './budget-dialog';
import { ServerFacts } from './server-facts';
import { slotVerdict } from './slot-words';
import { SlotsTable } from './slots-table';

interface SlotsViewProps {
  readonly initialSources: readonly SourceSlotsDto[];
  /** Admins and auditors see foreign slots and orphans too. */
  readonly seesAll: boolean;
  readonly mayRegister: boolean;
  /** Null for everybody but platform admins. */
  readonly setBudget: SetBudget | null;
}

export function SlotsView({ initialSources, seesAll, mayRegister, setBudget }: SlotsViewProps) {
  const live = useLive<readonly SourceSlotsDto[]>({ url: '/api/slots', initialData: initialSources });
  const sources = live.data;
  const troubled = sources.flatMap((source) => source.slots).filter((slot) => slotVerdict(slot).rank <= 4).length;
  return (
    <>
      <PageHeader
        title="Slots"
        description={
          <>
            {troubled === 0 ? 'No slot needs a look. ' : `${formatPlural(troubled, 'slot needs', 'slots need')} a look. `}
            {seesAll
              ? 'Every replication slot of every source, ours and foreign: each makes its server keep WAL until it is read.'
              : 'The replication slots of your teams’ streams. Slots of others are for platform admins and auditors.'}
          </>
        }
      />
      <StaleNotice live={live} />
      {sources.length === 0 ? (
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
        </Card>
      ))}
    </>
  );
}

/** An empty list means three things, and only one of them is that there is no slot. */
function nothingHere(source: SourceSlotsDto, seesAll: boolean): string {
  if (!seesAll) return 'None of your streams has a slot here.';
  return source.observation?.reachable
    ? 'This server has no replication slot.'
    : 'Its slots are not known until the worker has reached it.';
}
