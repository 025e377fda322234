import { Database, Inbox, type LucideIcon, OctagonAlert, Shuffle, Target } from 'lucide-react';
import Link from 'next/link';
import { cn } from '@/components/ui/cn';
import { formatBytes, formatCount, formatMs, formatRate } from '@/components/ui/figures';
import { TONE_BORDER, TONE_SOFT, TONE_TEXT } from '@/components/ui/tone';
import type { LetterCopiesDto } from '@/core/dto/dead-letter';
import type { StreamDetailDto } from '@/core/dto/stream';
import { isSilent } from '@/core/lifecycle/stream-standing';
import { isLive, STATE_FACES, type Tone } from '@/core/lifecycle/stream-state';
import { queueOf } from '@/core/spec/sink/queue-name';
import { type Stage, troubleStage } from './trouble-stage';
import { VerdictLine } from './verdict-line';

/** source ▸ flow ▸ sink with the dead-letter branch; live figures on the edges, the stage in trouble stands out. */
export function Topology({ stream }: { stream: StreamDetailDto }) {
  const { spec, state, figures } = stream;
  const trouble = troubleStage(state, stream.errorKind);
  const tone: Tone = STATE_FACES[state].tone === 'neutral' ? 'attention' : STATE_FACES[state].tone;
  const live = figures !== null && isLive(state) && !isSilent(stream);
  const stage = (name: Stage) => ({ tone: trouble === name ? tone : null });
  return (
    <section aria-label="Topology" className="rounded-lg border bg-surface p-4">
      <div className="grid items-stretch gap-y-1 md:grid-cols-[minmax(0,1fr)_minmax(96px,auto)_minmax(0,1fr)_minmax(96px,auto)_minmax(0,1fr)]">
        <StageBox
          {...stage('source')}
          icon={Database}
          kind="Source"
          title={stream.table}
          line={`${stream.sourceName} · ${spec.source.operations.join(', ')}`}
        />
        <Edge
          label="from source to flow"
          moving={live && state !== 'paused'}
          top={live ? formatRate(figures.decodedPerSec) : null}
          bottom={live && figures.lagBytes !== null ? `${formatBytes(figures.lagBytes)} behind` : null}
        />
        <StageBox {...stage('flow')} icon={Shuffle} kind="Flow" title={flowTitle(stream)} line={flowLine(stream, live)} />
        <Edge
          label="from flow to sink"
          moving={live && trouble !== 'sink' && trouble !== 'recovery'}
          top={live ? formatRate(figures.deliveredPerSec) : null}
          bottom={live && figures.lagMs !== null ? `${formatMs(figures.lagMs)} lag` : null}
        />
        <StageBox {...stage('sink')} icon={Target} kind="Sink" title={`${spec.sink.type} ${spec.sink.target}`} line={sinkLine(stream)} />
      </div>
      {stream.state === 'retired' ? null : <VerdictLine verdict={stream.verdict} />}
      <RecoveryBranch stream={stream} tone={trouble === 'recovery' ? tone : null} />
    </section>
  );
}

interface StageBoxProps {
  readonly icon: LucideIcon;
  readonly kind: string;
  readonly title: string;
  readonly line: string;
  /** Set when this stage is the trouble. */
  readonly tone: Tone | null;
}

function StageBox({ icon, kind, title, line, tone }: StageBoxProps) {
  const Icon = tone ? OctagonAlert : icon;
  return (
    <div
      className={cn(
        'flex min-w-0 flex-col justify-center rounded-md border p-3',
        tone ? [TONE_BORDER[tone], TONE_SOFT[tone]] : 'border-line-strong',
      )}
    >
      <span className={cn('flex items-center gap-1.5 text-xs', tone ? TONE_TEXT[tone] : 'text-ink-muted')}>
        <Icon className="size-3.5" aria-hidden />
        {kind}
        {tone ? <span className="font-medium">· the trouble is here</span> : null}
      </span>
      <span className="font-medium break-words text-ink">{title}</span>
      <span className="text-sm break-words text-ink-muted">{line}</span>
    </div>
  );
}

function Edge({ label, top, bottom, moving }: { label: string; top: string | null; bottom: string | null; moving: boolean }) {
  return (
    <div className="flex items-center gap-2 px-2 py-1 text-sm max-md:pl-6 md:flex-col md:justify-center md:gap-0.5">
      <span className="sr-only">{label}:</span>
      <span className="whitespace-nowrap">{top}</span>
      <svg
        viewBox="0 0 80 8"
        className={cn('h-2 w-full min-w-14 max-md:hidden', moving ? 'text-accent' : 'text-control')}
        aria-hidden="true"
        preserveAspectRatio="xMaxYMid slice"
      >
        <path d="M0 4H76" stroke="currentColor" strokeWidth="1.5" strokeDasharray={moving ? undefined : '3 4'} />
        <path d="M72 1l4 3-4 3" fill="none" stroke="currentColor" strokeWidth="1.5" />
      </svg>
      <span className="whitespace-nowrap text-ink-muted">{bottom}</span>
    </div>
  );
}

function RecoveryBranch({ stream, tone }: { stream: StreamDetailDto; tone: Tone | null }) {
  const { recovery } = stream.spec;
  const waiting = stream.openLetters + stream.parkedLetters;
  const alarming = tone ?? (waiting > 0 ? 'attention' : null);
  return (
    <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1 border-t pt-3 text-sm">
      <span className={cn('flex items-center gap-1.5', alarming ? TONE_TEXT[alarming] : 'text-ink-muted')}>
        <Inbox className="size-4" aria-hidden />
        {recovery.type === 'DeadLetter' ? (
          <Link href={`/dead-letters?stream=${stream.id}`} className="underline-offset-2 hover:underline">
            {waiting === 0
              ? 'No dead letters'
              : `${formatCount(stream.openLetters)} open, ${formatCount(stream.parkedLetters)} parked dead letters`}
          </Link>
        ) : (
          RECOVERY_WORDS[recovery.type]
        )}
      </span>
      {recovery.type === 'DeadLetter' ? (
        <span className="text-ink-muted">
          after {recovery.maxAttempts} attempts; later events of the key {recovery.keyOrder === 'park' ? 'wait in order' : 'go on'}; stops
          at {formatCount(recovery.maxOpen)}
        </span>
      ) : null}
      {stream.letterCopies ? <Copies copies={stream.letterCopies} /> : null}
    </div>
  );
}

function Copies({ copies: { place, waiting, error } }: { copies: LetterCopiesDto }) {
  return (
    <span className={cn('min-w-0 break-words', waiting > 0 && error ? TONE_TEXT.attention : 'text-ink-muted')}>
      Copies go to {place}
      {waiting > 0 ? `; ${formatCount(waiting)} wait${waiting === 1 ? 's' : ''} to be published` : ''}
      {waiting > 0 && error ? `: ${error}` : ''}
    </span>
  );
}

const RECOVERY_WORDS = {
  None: 'Recovery is None: a refused event is tried again until the sink takes it.',
  Ignore: 'Recovery is Ignore: a refused event is counted and left out.',
} as const;

/** The flow, and what its messages pass through behind it. */
function flowTitle({ spec: { flow, conversions = [] } }: StreamDetailDto): string {
  return [flow.type, ...conversions.map(({ type }) => (type === 'Script' ? 'script' : 'Lambda'))].join(' → ');
}

function flowLine({ figures }: StreamDetailDto, live: boolean): string {
  if (!figures || !live) return 'not running';
  return figures.inFlightEvents === 0
    ? 'nothing in flight'
    : `${formatCount(figures.inFlightEvents)} in flight, ${formatBytes(figures.inFlightBytes)}`;
}

function sinkLine({ spec: { sink } }: StreamDetailDto): string {
  switch (sink.type) {
    case 'Kafka':
      return `topic ${sink.topic}${sink.delivery === 'exactly_once' ? ' · exactly once' : ''}`;
    case 'Http':
      return `${sink.path ?? '/'} · up to ${sink.maxBatchSize} a request`;
    case 'Nakadi':
      return `event type ${sink.eventType}`;
    case 'SqsFifo':
    case 'SqsStandard':
      return `queue ${queueOf(sink)}`;
    case 'EventLog':
      return 'kept in order in Postgres';
  }
}
