import { readRoute } from '@/app/_server/http';
import { listAudit } from '@/core/catalog/audit';

/** `?cursor=` the id of the last entry seen, `?subject=` one thing's entries only. */
export const GET = readRoute((actor, request) => {
  const query = new URL(request.url).searchParams;
  return listAudit(actor, { cursor: query.get('cursor'), subjectId: query.get('subject') });
});
