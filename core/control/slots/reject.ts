import * as z from 'zod';
import { id, reasonText } from '../inputs';
import { decide, lockRequest, requirePending, teamOfRequest } from '../slot-requests';
import { aboutStream, recordOnTimeline } from '../stream-changes';
import { defineVerb } from '../verb';

/** Refuses the slot with a reason. A stream that runs goes on with its old revision. */
export const reject = defineVerb({
  name: 'slots.reject',
  subject: 'request',
  input: z.strictObject({ requestId: id, reason: reasonText(5) }),
  team: (tx, { requestId }) => teamOfRequest(tx, requestId),
  run: async (tx, { actor, input }) => {
    const { stream, request } = await lockRequest(tx, input.requestId);
    requirePending(request);
    await decide(tx, request, actor, { status: 'rejected', decisionReason: input.reason });
    const summary = `Revision ${request.revision.number} rejected: ${input.reason}`;
    await recordOnTimeline(tx, stream, actor, summary, stream.desired === 'none' ? 'rejected' : stream.state);
    return { result: {}, audit: aboutStream(stream, summary) };
  },
});
