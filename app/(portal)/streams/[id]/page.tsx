import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { requireActor } from '@/app/_server/session';
import { Page } from '@/components/layout/page';
import { StreamView } from '@/components/streams/stream-view';
import { getSeries } from '@/core/catalog/samples';
import { getStream } from '@/core/catalog/streams';
import { setBudgetAction } from '../../slots/actions';
import {
  cancelSnapshotAction,
  pauseAction,
  pauseSnapshotAction,
  recoverAction,
  restartAction,
  resumeAction,
  resumeSnapshotAction,
  retireAction,
  startSnapshotAction,
} from './actions';

/** Title and page ask for the same stream. */
const readStream = cache(async (id: string) => getStream(await requireActor(), id));

interface StreamPageProps {
  readonly params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: StreamPageProps): Promise<Metadata> {
  const stream = await readStream((await params).id);
  return { title: stream?.name ?? 'Not found' };
}

export default async function StreamPage({ params }: StreamPageProps) {
  const [actor, { id }] = await Promise.all([requireActor(), params]);
  const [stream, series] = await Promise.all([readStream(id), getSeries(actor, id, '15m')]);
  if (!stream || !series) notFound();
  return (
    <Page>
      <StreamView
        initialStream={stream}
        initialSeries={series}
        actions={{
          pause: pauseAction,
          resume: resumeAction,
          retire: retireAction,
          restart: restartAction,
          recover: recoverAction,
          startSnapshot: startSnapshotAction,
          pauseSnapshot: pauseSnapshotAction,
          resumeSnapshot: resumeSnapshotAction,
          cancelSnapshot: cancelSnapshotAction,
          setBudget: setBudgetAction,
        }}
      />
    </Page>
  );
}
