import { readRoute } from '@/app/_server/http';
import { getRequest } from '@/core/catalog/requests';

export const GET = readRoute((actor, _request, params) => getRequest(actor, params.id ?? ''));
