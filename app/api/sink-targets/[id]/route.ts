import { readRoute } from '@/app/_server/http';
import { getSinkTarget } from '@/core/catalog/sink-targets';

export const GET = readRoute((actor, _request, params) => getSinkTarget(actor, params.id ?? ''));
