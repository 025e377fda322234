import Link from 'next/link';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { RelativeTime } from '@/components/ui/relative-time';
import type { StreamDetailDto } from '@/core/dto/stream';
import { ERROR_CATALOGUE } from '@/core/error-catalogue';
import { isSilent, transitionOf } from '@/core/lifecycle/stream-standing';
import { STATE_FACES } from '@/core/lifecycle/stream-state';
import { STATE_ICONS } from './state-icon';

/** What is so, why, and what to do: shown whenever a stream is not simply streaming. */
export function StreamBanner({ stream }: { stream: StreamDetailDto }) {
  const { state, figures } = stream;
  if (isSilent(stream) && figures) {
    return (
      <Callout tone="attention" title="The worker does not report about this stream">
        <p>
          The last report came <RelativeTime at={figures.reportedAt} />, so the figures below are old. The slot keeps retaining WAL
          meanwhile.
        </p>
        <Next>Look whether the worker runs and reaches the catalog.</Next>
      </Callout>
    );
  }
  if (state === 'streaming' && stream.pendingRequest) return <PendingBanner stream={stream} />;
  if (state === 'streaming') return null;
  const face = STATE_FACES[state];
  const remedy = stream.errorKind ? ERROR_CATALOGUE[stream.errorKind].remedy : null;
  return (
    <Callout tone={face.tone} icon={STATE_ICONS[state]} title={face.sentence} action={<BannerAction stream={stream} />}>
      {stream.stateReason && !isSaid(stream.stateReason, face.sentence) ? <p className="break-words">{stream.stateReason}</p> : null}
      {explanationOf(stream) ? <p className="break-words">{explanationOf(stream)}</p> : null}
      {state === 'rejected' && stream.lastDecision?.decisionReason ? (
        <p className="break-words">
          {stream.lastDecision.decidedBy}: “{stream.lastDecision.decisionReason}”
        </p>
      ) : null}
      <Next>{transitionOf(state, stream.desired) ? 'Nothing to do: what was asked for is under way.' : (remedy ?? face.next)}</Next>
    </Callout>
  );
}

/** The reason repeats what the title says: `Paused: its slot keeps retaining WAL`. */
function isSaid(reason: string, sentence: string): boolean {
  const words = reason.replace(/^[^:]*: /, '').toLowerCase();
  return sentence.toLowerCase().includes(words);
}

/** What the worker's own record says of a position that does not fit. */
function explanationOf({ stateDetail }: StreamDetailDto): string | null {
  const explanation = stateDetail?.explanation;
  return typeof explanation === 'string' ? explanation : null;
}

function PendingBanner({ stream }: { stream: StreamDetailDto }) {
  return (
    <Callout tone="attention" title="A revision waits for approval" action={<BannerAction stream={stream} />}>
      <p>The present revision runs on until a platform admin decides.</p>
    </Callout>
  );
}

function Next({ children }: { children: string }) {
  return (
    <p>
      <span className="text-ink-muted">Next: </span>
      {children}
    </p>
  );
}

function BannerAction({ stream }: { stream: StreamDetailDto }) {
  const { state } = stream;
  if (stream.pendingRequest) return <LinkButton href={`/requests/${stream.pendingRequest.id}`}>Open the request</LinkButton>;
  if (state === 'parked') return <LinkButton href={`/dead-letters?stream=${stream.id}`}>Review dead letters</LinkButton>;
  if (state === 'rejected' && stream.lastDecision)
    return <LinkButton href={`/requests/${stream.lastDecision.id}`}>Open the request</LinkButton>;
  return null;
}

function LinkButton({ href, children }: { href: string; children: string }) {
  return (
    <Button asChild>
      <Link href={href}>{children}</Link>
    </Button>
  );
}
