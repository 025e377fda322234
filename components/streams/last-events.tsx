'use client';

import { ChevronRight } from 'lucide-react';
import { Fragment, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { cn } from '@/components/ui/cn';
import { CopyButton } from '@/components/ui/copy-button';
import { formatBytes, formatMs } from '@/components/ui/figures';
import { JsonTree } from '@/components/ui/json-tree';
import { RelativeTime } from '@/components/ui/relative-time';
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from '@/components/ui/table';
import type { LastEventDto } from '@/core/dto/stream';

/** Debezium's op letters in words. */
const OP_WORDS: Readonly<Record<string, string>> = { c: 'create', u: 'update', d: 'delete', r: 'read', t: 'truncate', m: 'message' };

/** On a phone each event is a card: so many are enough, or what follows them is never found. */
const ON_A_PHONE = 6;

/** The newest deliveries. Opening one holds the list still, so that it does not run away under the reader. */
export function LastEvents({ events, retired }: { events: readonly LastEventDto[]; retired: boolean }) {
  const [held, setHeld] = useState<readonly LastEventDto[] | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const shown = held ?? events;
  const toggle = (id: string) => {
    const next = open === id ? null : id;
    setOpen(next);
    setHeld(next === null ? null : shown);
  };
  const release = () => {
    setOpen(null);
    setHeld(null);
  };
  return (
    <Card
      title="Last events"
      description={held ? 'Held still while you read.' : 'The newest deliveries, as they were sent.'}
      actions={
        held ? (
          <Button size="sm" onClick={release}>
            Show the newest
          </Button>
        ) : null
      }
      flush
    >
      {shown.length === 0 ? (
        <p className="border-t px-4 py-8 text-center text-ink-muted">
          {retired ? 'No deliveries were kept of this stream.' : 'Nothing was delivered yet. The next change of the table appears here.'}
        </p>
      ) : (
        <div className="border-t sm:max-h-[26rem] sm:overflow-y-auto">
          <Table label="Last events">
            <TableHead>
              <HeadCell>Event</HeadCell>
              <HeadCell>Key</HeadCell>
              <HeadCell>Committed</HeadCell>
              <HeadCell>Lag</HeadCell>
              <HeadCell>Size</HeadCell>
            </TableHead>
            <TableBody>
              {shown.map((event, index) => (
                <Fragment key={event.eventId}>
                  <EventRow
                    event={event}
                    wideOnly={index >= ON_A_PHONE}
                    open={open === event.eventId}
                    onToggle={() => toggle(event.eventId)}
                  />
                  {open === event.eventId ? <EventDetail event={event} /> : null}
                </Fragment>
              ))}
            </TableBody>
          </Table>
        </div>
      )}
    </Card>
  );
}

interface EventRowProps {
  readonly event: LastEventDto;
  readonly wideOnly: boolean;
  readonly open: boolean;
  readonly onToggle: () => void;
}

function EventRow({ event, wideOnly, open, onToggle }: EventRowProps) {
  return (
    <Row className={wideOnly ? 'max-sm:hidden' : undefined}>
      <Cell>
        <button type="button" aria-expanded={open} onClick={onToggle} className="flex items-center gap-1.5 rounded-sm font-medium">
          <ChevronRight className={cn('size-4 shrink-0 text-ink-faint transition-transform', open && 'rotate-90')} aria-hidden />
          {OP_WORDS[event.op] ?? event.op}
        </button>
      </Cell>
      <Cell heading="Key" className="font-mono text-sm">
        <span className="line-clamp-2 break-all">{event.key ?? '–'}</span>
      </Cell>
      <Cell heading="Committed">{event.committedAt ? <RelativeTime at={event.committedAt} /> : '–'}</Cell>
      <Cell heading="Lag" className="whitespace-nowrap">
        {lagOf(event)}
      </Cell>
      <Cell heading="Size" className="whitespace-nowrap">
        {formatBytes(event.bytes)}
      </Cell>
    </Row>
  );
}

function EventDetail({ event }: { event: LastEventDto }) {
  const parsed = parse(event.payload);
  const cut = event.bytes > event.payload.length;
  return (
    <Row className="bg-sunken sm:hover:bg-sunken">
      <Cell colSpan={5} className="max-sm:block">
        <div className="flex min-w-0 flex-col gap-2 text-left">
          <p className="flex items-center gap-1 text-sm text-ink-muted">
            id <span className="font-mono break-all">{event.eventId}</span>
            <CopyButton text={event.payload} what="payload" />
          </p>
          {parsed === undefined ? (
            <pre className="max-h-80 overflow-auto font-mono text-sm break-all whitespace-pre-wrap">{event.payload}</pre>
          ) : (
            <JsonTree value={parsed} depth={2} />
          )}
          {cut && parsed === undefined ? (
            <p className="text-sm text-ink-muted">Cut at 4 kB; the whole message is {formatBytes(event.bytes)}.</p>
          ) : null}
        </div>
      </Cell>
    </Row>
  );
}

/** Undefined when the payload was cut or is no JSON. */
function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

function lagOf({ committedAt, deliveredAt }: LastEventDto): string {
  return committedAt ? formatMs(Math.max(0, Date.parse(deliveredAt) - Date.parse(committedAt))) : '–';
}
