import type { FromPipeline, PipelineStats } from './messages';

/** The supervisor takes a rate of a pipeline that says nothing for 5 s for nought; of one that says the same, it is. */
const SAME_MS = 3_500;

/**
 * Sends figures that say something new at once, and those that say the same every 4 s only: of hundreds of idle streams each sentence
 * costs its process and the supervisor. Everything else goes through.
 */
export function sparing(send: (message: FromPipeline) => void, now: () => number): (message: FromPipeline) => void {
  let told = '';
  let toldAt = Number.NEGATIVE_INFINITY;
  return (message) => {
    if (message.type === 'stats') {
      const content = contentOf(message.stats);
      if (content === told && now() - toldAt < SAME_MS) return;
      told = content;
      toldAt = now();
    }
    send(message);
  };
}

/** All but what changes by itself. Events that were delivered are told once; with something in flight the lag grows. */
function contentOf({ at: _, rssBytes: __, ...stats }: PipelineStats): string {
  return JSON.stringify(stats);
}
