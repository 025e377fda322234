'use client';

import { useLive } from '@/components/ui/use-live';
import type { SeriesRange, StreamDetailDto, StreamPageDto, StreamSeriesDto } from '@/core/dto/stream';
import { addressOfQuery, type StreamQuery } from '@/core/lifecycle/stream-filter';

/** The page of streams that a query finds; until it is there, the one before. */
export function useStreams(query: StreamQuery, first: { readonly query: StreamQuery; readonly page: StreamPageDto }) {
  const url = streamsUrl(query);
  const live = useLive<StreamPageDto>({ url, initialData: url === streamsUrl(first.query) ? first.page : undefined, keepPrevious: true });
  return { ...live, data: live.data ?? first.page };
}

function streamsUrl(query: StreamQuery): string {
  const address = addressOfQuery(query);
  return address ? `/api/streams?${address}` : '/api/streams';
}

export function useStream(initialData: StreamDetailDto) {
  return useLive<StreamDetailDto>({ url: `/api/streams/${initialData.id}`, initialData });
}

/** How often new points can appear: samples are taken every 5 s, 1 min and 15 min. */
const REFRESH_MS: Readonly<Record<SeriesRange, number>> = { '15m': 5000, '6h': 30_000, '7d': 120_000 };

export function useSeries(streamId: string, range: SeriesRange, initialData?: StreamSeriesDto) {
  return useLive<StreamSeriesDto>({
    url: `/api/streams/${streamId}/series?range=${range}`,
    initialData: initialData?.range === range ? initialData : undefined,
    intervalMs: REFRESH_MS[range],
  });
}
