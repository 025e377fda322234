'use client';

import { PageHeader } from '@/components/layout/page-header';
import { ExportDialog } from '@/components/manifests/export-dialog';
import type { SetBudget } from '@/components/slots/budget-dialog';
import { Card } from '@/components/ui/card';
import { CodeBlock } from '@/components/ui/code-block';
import { StaleNotice } from '@/components/ui/stale-notice';
import type { StreamDetailDto, StreamSeriesDto } from '@/core/dto/stream';
import { transitionOf } from '@/core/lifecycle/stream-standing';
import { BudgetBanner } from './budget-banner';
import { ConsumersCard } from './consumers-card';
import { LastEvents } from './last-events';
import { LedgerCard } from './ledger-card';
import { ProvisionCard } from './provision-card';
import { RevisionsCard } from './revisions-card';
import { SnapshotCard } from './snapshot-card';
import { SpillCard } from './spill-card';
import { StatePill } from './state-pill';
import { StreamActionBar, type StreamActions } from './stream-actions';
import { StreamBanner } from './stream-banner';
import { StreamCharts } from './stream-charts';
import { TimelineCard } from './timeline-card';
import { Topology } from './topology';
import { useStream } from './use-streams';
import { WalGauge } from './wal-gauge';

interface StreamViewProps {
  readonly initialStream: StreamDetailDto;
  readonly initialSeries: StreamSeriesDto;
  readonly actions: StreamActions & { readonly setBudget: SetBudget };
}

export function StreamView({ initialStream, initialSeries, actions }: StreamViewProps) {
  const live = useStream(initialStream);
  const stream = live.data;
  return (
    <>
      <PageHeader
        back={{ href: '/streams', label: 'Streams' }}
        title={stream.name}
        beside={
          <>
            <StatePill state={stream.state} since={stream.stateSince} reason={stream.stateReason} withSince />
            <span role="status" className="text-sm font-medium empty:hidden">
              {transitionOf(stream.state, stream.desired)}
            </span>
            <span className="text-sm text-ink-muted">team {stream.team.name}</span>
          </>
        }
        actions={<StreamActionBar stream={stream} actions={actions} onDone={live.refetch} />}
      />
      <StaleNotice live={live} />
      <StreamBanner stream={stream} />
      <BudgetBanner stream={stream} />
      <Topology stream={stream} />
      <SpillCard stream={stream} />
      <SnapshotCard stream={stream} actions={actions} onDone={live.refetch} />
      <StreamCharts streamId={stream.id} walBudgetBytes={stream.walBudgetBytes} initialSeries={initialSeries} />
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_320px]">
        <div className="flex min-w-0 flex-col gap-5 max-lg:order-2">
          <LastEvents events={stream.lastEvents} retired={stream.state === 'retired'} />
          <ConsumersCard stream={stream} />
          <RevisionsCard revisions={stream.revisions} />
          <Card title="Spec" description="The current revision as YAML." actions={<ExportDialog streamId={stream.id} name={stream.name} />}>
            <CodeBlock code={stream.revisions.find(({ current }) => current)?.yaml ?? ''} what="YAML" />
          </Card>
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          <WalGauge stream={stream} initialSeries={initialSeries} />
          <LedgerCard figures={stream.figures} retired={stream.state === 'retired'} />
          <ProvisionCard stream={stream} setBudget={actions.setBudget} onChanged={live.refetch} />
          <TimelineCard entries={stream.timeline} />
        </div>
      </div>
    </>
  );
}
