import { readRoute } from '@/app/_server/http';
import { getSeries } from '@/core/catalog/samples';
import { SERIES_RANGES } from '@/core/dto/stream';

/** `?range=15m|6h|7d`; anything else is read as 15m. */
export const GET = readRoute<{ id: string }>((actor, request, { id }) => {
  const asked = new URL(request.url).searchParams.get('range');
  return getSeries(actor, id, SERIES_RANGES.find((range) => range === asked) ?? '15m');
});
