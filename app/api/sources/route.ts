import { readRoute } from '@/app/_server/http';
import { listSources } from '@/core/catalog/sources';

export const GET = readRoute((actor) => listSources(actor));
