import { describe, expect, it } from 'vitest';
import type { StreamFiguresDto, StreamRowDto } from '@/core/dto/stream';
import { addressOfQuery, filterFromQuery, filterStreams, NO_FILTER, queryOfFilter, streamQueryFrom } from '@/core/lifecycle/stream-filter';
import { glanceOf } from '@/core/lifecycle/stream-glance';
import { transitionOf } from '@/core/lifecycle/stream-standing';
import { glanceWords } from './glance';
import { ledgerOf } from './ledger';
import { diffTexts } from './revision-diff';
import { troubleStage } from './trouble-stage';
import { growthPerSecond, walTrend } from './wal-trend';

const FIGURES: StreamFiguresDto = {
  reportedAt: '2026-11-21T09:00:00.000Z',
  stale: false,
  pid: 4711,
  epoch: 1,
  startedAt: null,
  confirmedLsn: '0/1',
  receivedLsn: '0/1',
  lagMs: 20,
  lagBytes: 0,
  retainedBytes: 100,
  inFlightEvents: 3,
  inFlightBytes: 300,
  rssBytes: null,
  decodedPerSec: 0,
  deliveredPerSec: 0,
  decoded: 100,
  delivered: 90,
  filtered: 4,
  deadLettered: 2,
  parked: 1,
  ignored: 0,
  spilled: 0,
  spilledBytes: 0,
  spilledOldestAt: null,
  spilledInPerSec: 0,
  spilledOutPerSec: 0,
  snapshotDone: 0,
  snapshotTotal: null,
};

function row(over: Partial<StreamRowDto>): StreamRowDto {
  return {
    id: over.name ?? 'x',
    name: 'shop-orders',
    team: { id: 't1', slug: 'shop', name: 'Shop' },
    state: 'streaming',
    stateSince: '2026-11-21T09:00:00.000Z',
    stateReason: null,
    desired: 'running',
    sourceName: 'shop',
    table: 'public.orders',
    sinkType: 'Http',
    sinkTarget: 'receiver',
    figures: FIGURES,
    openLetters: 0,
    parkedLetters: 0,
    walBudgetBytes: 1000,
    verdict: null,
    sparkline: [],
    ...over,
  };
}

const glanceAt = (streams: readonly StreamRowDto[]) => glanceWords(glanceOf(streams));

describe('streams at a glance', () => {
  it('counts by state and says that nothing needs anybody', () => {
    const glance = glanceAt([
      row({}),
      row({ name: 'b' }),
      row({ name: 'c', state: 'requested', figures: null }),
      row({ name: 'd', state: 'retired' }),
    ]);
    expect(glance).toEqual({ counts: '2 streaming, 1 waiting for approval', verdict: 'nothing needs you', calm: true });
  });

  it('names the one stream in trouble, counts several, and adds dead letters', () => {
    expect(glanceAt([row({ state: 'retrying' })]).verdict).toBe('shop-orders is retrying');
    expect(glanceAt([row({ state: 'failed' }), row({ state: 'retrying', openLetters: 2 })]).verdict).toBe(
      '2 streams are in trouble, 2 dead letters to review',
    );
  });

  it('leaves a rejection to its page: nothing runs, so nothing is wrong', () => {
    expect(glanceAt([row({ state: 'rejected', figures: null })]).calm).toBe(true);
  });

  it('does not call a stream well that nobody reports on or that nears its budget', () => {
    expect(glanceAt([row({ figures: { ...FIGURES, stale: true } })]).verdict).toBe('shop-orders is not reported on');
    expect(glanceAt([row({ figures: { ...FIGURES, retainedBytes: 900 } })]).verdict).toBe('shop-orders nears its WAL budget');
  });
});

describe('filtering streams', () => {
  const streams = [
    row({ name: 'a' }),
    row({ name: 'b', state: 'failed' }),
    row({ name: 'c', state: 'retired' }),
    row({ name: 'd', openLetters: 1 }),
  ];

  it('puts trouble first and leaves out what is retired', () => {
    expect(filterStreams(streams, NO_FILTER).map((stream) => stream.name)).toEqual(['b', 'd', 'a']);
  });

  it('finds by every word in any of name, team, table and sink', () => {
    expect(filterStreams(streams, { ...NO_FILTER, text: 'ORDERS receiver' })).toHaveLength(3);
    expect(filterStreams(streams, { ...NO_FILTER, text: 'orders kafka' })).toHaveLength(0);
  });

  it('keeps only what wants a person', () => {
    expect(filterStreams(streams, { ...NO_FILTER, state: 'attention' }).map((stream) => stream.name)).toEqual(['b', 'd']);
  });

  it('survives the way through an address, and ignores what it does not know', () => {
    const filter = { text: 'a b', team: 't1', state: 'failed' as const };
    expect(filterFromQuery(new URLSearchParams(queryOfFilter(filter)))).toEqual(filter);
    expect(filterFromQuery(new URLSearchParams('state=nonsense'))).toEqual(NO_FILTER);
    expect(streamQueryFrom(new URLSearchParams(addressOfQuery({ ...filter, page: 3 })))).toEqual({ ...filter, page: 3 });
    expect(addressOfQuery({ ...NO_FILTER, page: 1 })).toBe('');
    for (const page of ['0', '-2', '1.5', 'x']) expect(streamQueryFrom(new URLSearchParams({ page })).page).toBe(1);
  });
});

describe('the stage in trouble', () => {
  it('follows the error, and the state where that says more', () => {
    expect(troubleStage('streaming', null)).toBeNull();
    // The sink is back.
    expect(troubleStage('draining', null)).toBeNull();
    expect(troubleStage('retrying', 'source_unreachable')).toBe('source');
    expect(troubleStage('retrying', 'sink_unreachable')).toBe('sink');
    expect(troubleStage('failed', 'table_missing')).toBe('source');
    expect(troubleStage('failed', 'out_of_memory')).toBe('flow');
    expect(troubleStage('parked', 'sink_unreachable')).toBe('recovery');
    expect(troubleStage('slot_lost', null)).toBe('source');
  });
});

describe('retained WAL', () => {
  const at = Array.from({ length: 20 }, (_, index) => 1000 + index * 5);

  it('measures growth by the last five minutes and skips what was not sampled', () => {
    expect(
      growthPerSecond(
        at,
        at.map((second) => (second - 1000) * 10),
      ),
    ).toBeCloseTo(10);
    expect(
      growthPerSecond(
        at,
        at.map((second, index) => (index % 3 === 0 ? null : (second - 1000) * 10)),
      ),
    ).toBeCloseTo(10);
    expect(growthPerSecond([1, 2], [1, 2])).toBeNull();
  });

  it('takes the saw of a stream that keeps up for steady, and a flat line too', () => {
    const saw = at.map((_, index) => (index % 6) * 100_000 + index * 2_000);
    expect(growthPerSecond(at, saw)).toBe(0);
    expect(
      growthPerSecond(
        at,
        at.map(() => 5),
      ),
    ).toBe(0);
  });

  it('says when the budget is reached, and the cap when there is none', () => {
    expect(walTrend({ retainedBytes: 0, budgetBytes: 11_520, capBytes: null, growth: 1 }).sentence).toBe(
      'reaches the budget in 3 h 12 min',
    );
    expect(walTrend({ retainedBytes: 0, budgetBytes: null, capBytes: 60, growth: 1 }).sentence).toBe('reaches the server’s cap in 1 min');
  });

  it('does not cry over noise, and does when the budget is passed', () => {
    expect(walTrend({ retainedBytes: 1e6, budgetBytes: 1e9, capBytes: null, growth: 12 }).sentence).toBe('steady');
    expect(walTrend({ retainedBytes: 3 * 1024, budgetBytes: 1024, capBytes: null, growth: null })).toEqual({
      sentence: 'over its budget by 2 kB',
      secondsLeft: 0,
    });
  });
});

describe('what was asked for', () => {
  it('is shown until the worker has done it', () => {
    expect(transitionOf('streaming', 'paused')).toBe('pausing…');
    expect(transitionOf('paused', 'paused')).toBeNull();
    expect(transitionOf('paused', 'running')).toBe('resuming…');
    expect(transitionOf('slot_lost', 'retired')).toBe('retiring…');
    expect(transitionOf('retired', 'retired')).toBeNull();
    expect(transitionOf('failed', 'running')).toBeNull();
  });
});

describe('the ledger', () => {
  it('balances, and shows what is missing when it does not', () => {
    expect(ledgerOf(FIGURES).remainder).toBe(0);
    expect(ledgerOf({ ...FIGURES, decoded: 105 }).remainder).toBe(5);
  });
});

describe('revisions', () => {
  it('differ by whole lines', () => {
    expect(diffTexts('a\nb\n', 'a\nc\n').map((line) => `${line.kind} ${line.text}`)).toEqual(['same a', 'removed b', 'added c']);
    expect(diffTexts('a\n', 'a\n').every((line) => line.kind === 'same')).toBe(true);
  });
});
