import type { SeriesRange, StreamSeriesDto } from '@/core/dto/stream';
import type { StreamState } from '@/core/lifecycle/stream-state';
import type { PersonActor } from '@/core/policy/roles';
import { catalog } from './client';
import { isUuid, teamScope } from './scope';
import { toNumber } from './values';

/** Seconds looked back on, and the resolution of the samples that are kept that long. */
const RANGES: Readonly<Record<SeriesRange, { readonly seconds: number; readonly resolution: number }>> = {
  '15m': { seconds: 15 * 60, resolution: 5 },
  '6h': { seconds: 6 * 3600, resolution: 60 },
  '7d': { seconds: 7 * 86_400, resolution: 900 },
};

/** Chart points of a stream; null when this person may not read it. */
export async function getSeries(actor: PersonActor, streamId: string, range: SeriesRange): Promise<StreamSeriesDto | null> {
  if (!isUuid(streamId)) return null;
  const visible = await catalog().stream.findFirst({ where: { id: streamId, ...teamScope(actor) }, select: { id: true } });
  if (!visible) return null;
  const { seconds, resolution } = RANGES[range];
  const since = new Date(Date.now() - seconds * 1000);
  const [points, marks] = await Promise.all([
    catalog().streamSample.findMany({
      where: { streamId, resolution, at: { gte: since } },
      orderBy: { at: 'asc' },
      select: { at: true, lagMs: true, lagBytes: true, retainedBytes: true, deliveredPerSec: true, openLetters: true },
    }),
    catalog().streamEvent.findMany({
      where: { streamId, at: { gte: since } },
      orderBy: { id: 'asc' },
      take: 200,
      select: { at: true, toState: true, reason: true },
    }),
  ]);
  return {
    range,
    at: points.map((point) => unixSeconds(point.at)),
    lagMs: points.map((point) => point.lagMs),
    lagBytes: points.map((point) => toNumber(point.lagBytes)),
    retainedBytes: points.map((point) => toNumber(point.retainedBytes)),
    deliveredPerSec: points.map((point) => point.deliveredPerSec),
    openLetters: points.map((point) => point.openLetters),
    marks: marks.map((mark) => ({ at: unixSeconds(mark.at), toState: mark.toState as StreamState, reason: mark.reason })),
  };
}

function unixSeconds(at: Date): number {
  return Math.round(at.getTime() / 1000);
}
