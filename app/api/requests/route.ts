import { readRoute } from '@/app/_server/http';
import { listRequests } from '@/core/catalog/requests';

/** `?status=pending` (default) or `decided`, `?page=` from 1. */
export const GET = readRoute((actor, request) => {
  const query = new URL(request.url).searchParams;
  const status = query.get('status') === 'decided' ? 'decided' : 'pending';
  return listRequests(actor, { status, page: Number(query.get('page')) || 1 });
});
