'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { ScrollRegion } from '@/components/forms/scroll-region';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { CopyButton } from '@/components/ui/copy-button';
import { formatPlural } from '@/components/ui/figures';
import { JsonTree } from '@/components/ui/json-tree';
import { RelativeTime } from '@/components/ui/relative-time';
import type { LetterDetailDto } from '@/core/dto/dead-letter';
import { AttemptTimeline } from './attempt-timeline';
import { ChangePanel } from './change-panel';
import { operationWord } from './change-view';
import { errorWords } from './error-words';
import { namedPaths, parseJson } from './json-paths';
import { STATUS_FACES, StatusBadge } from './status-badge';

interface LetterPanelProps {
  readonly letter: LetterDetailDto;
  readonly onReplay: () => void;
  readonly onDiscard: () => void;
  readonly onOpen: (id: string) => void;
}

export function LetterPanel({ letter, onReplay, onDiscard, onOpen }: LetterPanelProps) {
  const { status, mayReview } = letter;
  const error = letter.errorMessage ?? letter.attempts.at(-1)?.message ?? null;
  return (
    <article aria-label={`Letter of key ${letter.key ?? 'none'}`} className="@container flex min-w-0 flex-col gap-4 p-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="flex min-w-0 flex-col gap-1">
          <h2 className="flex flex-wrap items-center gap-2 text-lg font-semibold">
            <span className="font-mono break-all">{letter.key ?? 'no key'}</span>
            <StatusBadge status={status} />
          </h2>
          <p className="text-ink-muted">
            {operationWord(letter.op)} of <span className="font-mono text-sm">{letter.table}</span> in{' '}
            <Link className="text-accent underline" href={`/streams/${letter.stream.id}`}>
              {letter.stream.name}
            </Link>{' '}
            ({letter.stream.teamName}), <RelativeTime at={letter.createdAt} />
          </p>
        </div>
        {mayReview && (status === 'open' || status === 'parked') ? (
          <div className="flex flex-wrap gap-2">
            <Button variant="danger-quiet" onClick={onDiscard}>
              Discard letter
            </Button>
            {status === 'open' ? (
              <Button variant="primary" disabled={letter.blockedBy !== null} onClick={onReplay}>
                Replay letter
              </Button>
            ) : null}
          </div>
        ) : null}
      </div>
      <Standing letter={letter} onOpen={onOpen} />
      {error ? (
        <Callout tone={status === 'replayed' ? 'neutral' : 'danger'} title={errorWords(letter.errorClass)}>
          <p className="font-mono text-sm break-words">{error}</p>
        </Callout>
      ) : null}
      <div className="grid items-start gap-4 grid-cols-1 @min-[30rem]:grid-cols-2">
        <Part title="Input" hint="As decoded from the source">
          <ChangePanel input={letter.input} />
        </Part>
        <Part title="Output" hint="As it was sent">
          <Output text={letter.output} error={error} />
        </Part>
      </div>
      <div className="grid items-start gap-4 grid-cols-1 @min-[30rem]:grid-cols-2">
        <Part
          title="Attempts"
          hint={letter.attemptCount > letter.attempts.length ? `The last ${letter.attempts.length} of ${letter.attemptCount}` : undefined}
        >
          <AttemptTimeline attempts={letter.attempts} total={letter.attemptCount} />
        </Part>
        <Part title="Position">
          <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
            <Fact name="Commit LSN">
              <Mono text={letter.commitLsn} what="commit LSN" />
            </Fact>
            <Fact name="Change">{formatPlural(letter.seq + 1, 'change')} into its transaction</Fact>
            <Fact name="Event id">
              <Mono text={letter.eventId} what="event id" />
            </Fact>
            <Fact name="Committed">{letter.committedAt ? <RelativeTime at={letter.committedAt} /> : 'in the snapshot'}</Fact>
            <Fact name="Revision">{letter.revisionNumber}</Fact>
            {letter.copy ? (
              <Fact name="Copy">
                {letter.copy.publishedAt ? (
                  <>
                    published <RelativeTime at={letter.copy.publishedAt} />
                  </>
                ) : (
                  `waits to be published${letter.copy.error ? `: ${letter.copy.error}` : ''}`
                )}
              </Fact>
            ) : null}
            <Fact name="Waiting behind">
              {letter.waitingBehind === 0 ? 'nothing' : `${formatPlural(letter.waitingBehind, 'letter')} of this key`}
            </Fact>
          </dl>
        </Part>
      </div>
    </article>
  );
}

/** Where the letter stands now, and who can move it. */
function Standing({ letter, onOpen }: { letter: LetterDetailDto; onOpen: (id: string) => void }) {
  const { status, blockedBy, mayReview } = letter;
  if (!mayReview && (status === 'open' || status === 'parked'))
    return (
      <Callout title={`A team lead of ${letter.stream.teamName} reviews this letter`}>
        <p>You can read it. Replaying and discarding are theirs.</p>
      </Callout>
    );
  if (blockedBy !== null && (status === 'open' || status === 'parked'))
    return (
      <Callout
        tone="attention"
        title="An earlier letter of this key comes first"
        action={
          <Button size="sm" onClick={() => onOpen(blockedBy)}>
            Open that letter
          </Button>
        }
      >
        <p>Replay or discard that one; sending this one before it would break the order of the key.</p>
      </Callout>
    );
  if (status === 'replaying')
    return (
      <Callout title={`Replay requested by ${letter.replayRequestedBy ?? 'a team lead'}`}>
        <p>The pipeline sends it through the current revision; this page shows the result as soon as there is one.</p>
      </Callout>
    );
  if (status === 'replayed' || status === 'discarded')
    return (
      <Callout
        tone={status === 'replayed' ? 'healthy' : 'neutral'}
        title={`${STATUS_FACES[status].word} by ${letter.resolvedBy ?? 'Spillway'}`}
      >
        <p>
          {letter.resolution ?? STATUS_FACES[status].sentence} {letter.resolvedAt ? <RelativeTime at={letter.resolvedAt} /> : null}
        </p>
      </Callout>
    );
  return <p className="text-ink-muted">{STATUS_FACES[status].sentence}</p>;
}

function Output({ text, error }: { text: string | null; error: string | null }) {
  if (text === null)
    return <p className="rounded-md border p-3 text-ink-muted">Nothing was sent: no message could be made of it, or it waits in line.</p>;
  const value = parseJson(text);
  return (
    <ScrollRegion label="Output" className="relative max-h-[26rem] overflow-auto rounded-md border bg-sunken p-3 pr-9">
      {value === undefined ? (
        <pre className="font-mono text-sm break-all whitespace-pre-wrap">{text}</pre>
      ) : (
        <JsonTree key={text} value={value} depth={3} markPath={[...namedPaths(value, error)][0] ?? null} />
      )}
      <CopyButton text={text} what="output" className="absolute top-1.5 right-1.5 size-7" />
    </ScrollRegion>
  );
}

function Part({ title, hint, children }: { title: string; hint?: string | undefined; children: ReactNode }) {
  return (
    <section className="flex min-w-0 flex-col gap-2">
      <h3 className="flex flex-wrap items-baseline gap-x-2 font-semibold">
        {title} {hint ? <span className="text-sm font-normal text-ink-muted">{hint}</span> : null}
      </h3>
      {children}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}

function Mono({ text, what }: { text: string; what: string }) {
  return (
    <span className="flex items-center gap-1">
      <span className="min-w-0 font-mono break-all">{text}</span>
      <CopyButton text={text} what={what} />
    </span>
  );
}
