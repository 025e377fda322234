import { readRoute } from '@/app/_server/http';
import { navCounts } from '@/core/catalog/nav';

export const GET = readRoute((actor) => navCounts(actor));
