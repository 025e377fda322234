import { readRoute } from '@/app/_server/http';
import { listRequests } from '@/core/catalog/requests';

export const GET = readRoute((actor, request) => {
  const status = new URL(request.url).searchParams.get('status');
  return listRequests(actor, status === 'pending' || status === 'decided' ? { status } : {});
});
