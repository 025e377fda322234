import { readRoute } from '@/app/_server/http';
import { listSlots } from '@/core/catalog/slots';

export const GET = readRoute((actor) => listSlots(actor));
