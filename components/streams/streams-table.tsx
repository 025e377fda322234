'use client';

import { ArrowRight } from 'lucide-react';
import { Sparkline } from '@/components/charts/sparkline';
import { formatBytes, formatCount, formatMs, formatPerSecond } from '@/components/ui/figures';
import { RowLink } from '@/components/ui/row-link';
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from '@/components/ui/table';
import type { StreamRowDto } from '@/core/dto/stream';
import { isSilent } from '@/core/lifecycle/stream-standing';
import { isLive } from '@/core/lifecycle/stream-state';
import { StatePill } from './state-pill';
import { VerdictWord } from './verdict-line';
import { WalMeter } from './wal-meter';

export function StreamsTable({ streams, showTeam }: { streams: readonly StreamRowDto[]; showTeam: boolean }) {
  return (
    <Table label="Streams">
      <TableHead>
        <HeadCell>Stream</HeadCell>
        {showTeam ? <HeadCell>Team</HeadCell> : null}
        <HeadCell>State</HeadCell>
        <HeadCell>Lag</HeadCell>
        <HeadCell>Delivered, events/s</HeadCell>
        <HeadCell>Retained WAL</HeadCell>
        <HeadCell>Dead letters</HeadCell>
      </TableHead>
      <TableBody>
        {streams.map((stream) => (
          <StreamRow key={stream.id} stream={stream} showTeam={showTeam} />
        ))}
      </TableBody>
    </Table>
  );
}

function StreamRow({ stream, showTeam }: { stream: StreamRowDto; showTeam: boolean }) {
  const { figures } = stream;
  const live = isLive(stream.state) && figures !== null && !isSilent(stream);
  return (
    <Row>
      <Cell className="max-sm:block">
        <RowLink href={`/streams/${stream.id}`} className="font-medium break-words hover:underline">
          {stream.name}
        </RowLink>
        <span className="flex flex-wrap items-center gap-x-1 text-sm text-ink-muted">
          <span className="break-all">{`${stream.sourceName}.${stream.table}`}</span>
          <ArrowRight className="size-3 shrink-0" aria-label="to" />
          <span className="break-all">{`${stream.sinkType} ${stream.sinkTarget}`}</span>
        </span>
      </Cell>
      {showTeam ? (
        <Cell heading="Team" className="text-ink-muted">
          {stream.team.name}
        </Cell>
      ) : null}
      <Cell heading="State">
        <StatePill state={stream.state} since={stream.stateSince} reason={stream.stateReason} withSince />
      </Cell>
      <Cell heading="Lag" className={live || isSilent(stream) ? undefined : 'max-sm:hidden'}>
        {live && figures.lagMs !== null ? (
          <>
            <span className="block whitespace-nowrap">{formatMs(figures.lagMs)}</span>
            <span className="block text-sm whitespace-nowrap text-ink-muted">{formatBytes(figures.lagBytes ?? 0)}</span>
            <VerdictWord verdict={stream.verdict} />
          </>
        ) : (
          <Nothing silent={isSilent(stream)} />
        )}
      </Cell>
      <Cell heading="Delivered, events/s" className={live ? undefined : 'max-sm:hidden'}>
        {figures === null ? (
          <Nothing />
        ) : (
          <span className="flex items-center gap-3">
            <Sparkline values={stream.sparkline} />
            <span className="min-w-10">{live ? formatPerSecond(figures.deliveredPerSec) : '–'}</span>
          </span>
        )}
      </Cell>
      <Cell heading="Retained WAL" className={figures?.retainedBytes == null ? 'max-sm:hidden' : undefined}>
        <WalMeter retainedBytes={figures?.retainedBytes ?? null} budgetBytes={stream.walBudgetBytes} />
      </Cell>
      <Cell heading="Dead letters">
        {stream.openLetters + stream.parkedLetters > 0 ? (
          <RowLink href={`/dead-letters?stream=${stream.id}`} className="whitespace-nowrap text-attention hover:underline">
            {formatCount(stream.openLetters)} open
            {stream.parkedLetters > 0 ? <span className="block text-sm">{formatCount(stream.parkedLetters)} parked</span> : null}
          </RowLink>
        ) : (
          <span className="text-ink-muted">none</span>
        )}
      </Cell>
    </Row>
  );
}

function Nothing({ silent = false }: { silent?: boolean }) {
  return silent ? <span className="text-attention">no report</span> : <span className="text-ink-faint">–</span>;
}
