import { readRoute } from '@/app/_server/http';
import { listSinkTargets } from '@/core/catalog/sink-targets';

export const GET = readRoute((actor) => listSinkTargets(actor));
