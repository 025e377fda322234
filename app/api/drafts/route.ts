import { readRoute, verbRoute } from '@/app/_server/http';
import { listDrafts } from '@/core/catalog/drafts';
import { saveDraft } from '@/core/control/streams/save-draft';

export const GET = readRoute((actor) => listDrafts(actor));
export const POST = verbRoute(saveDraft);
