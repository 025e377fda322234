import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InFlight, type InFlightToken } from './in-flight';

const at = 0;
const us = 0n;

describe('in-flight', () => {
  it('confirms a transaction only when every event of it is settled', () => {
    const flight = new InFlight(10n);
    flight.begin(at, us);
    const a = flight.addEvent(5);
    const b = flight.addEvent(7);
    flight.settle(a);
    flight.commit(20n);
    expect(flight.confirmed).toBe(10n);
    expect([flight.events, flight.bytes]).toEqual([1, 7]);
    flight.settle(b);
    expect(flight.confirmed).toBe(20n);
    expect(flight.oldest).toBeNull();
  });

  it('does not confirm a later transaction past an unsettled earlier one', () => {
    const flight = new InFlight(0n);
    flight.begin(at, us);
    const first = flight.addEvent(1);
    flight.commit(20n);
    flight.begin(at, us);
    flight.settle(flight.addEvent(1));
    flight.commit(30n);
    expect(flight.confirmed).toBe(0n);
    flight.settle(first);
    expect(flight.confirmed).toBe(30n);
  });

  it('lets an idle slot advance by keepalives and settles empty transactions at once', () => {
    const flight = new InFlight(0n);
    flight.marker(40n);
    flight.begin(at, us);
    flight.commit(50n);
    expect(flight.confirmed).toBe(50n);
    flight.marker(45n);
    expect(flight.confirmed).toBe(50n);
  });

  it('does not lose a delivered-but-unacknowledged transaction to a keepalive in the middle of an older, later-sent one', () => {
    // A opens early (low LSNs), B commits and is acknowledged, C commits and is delivered but not acknowledged, A commits and
    // is being sent; a keepalive in the middle of A carries C's end. pgjdbc's guard (last received LSN <= last flushed) passes.
    const flight = new InFlight(0n);
    flight.begin(at, us);
    const b = flight.addEvent(1);
    flight.commit(200n);
    flight.settle(b);
    expect(flight.confirmed).toBe(200n);
    flight.begin(at, us);
    const c = flight.addEvent(1);
    flight.commit(300n);
    flight.begin(at, us);
    const a = flight.addEvent(1); // its own record LSN is 100: below B's flushed end
    flight.marker(300n);
    expect(flight.confirmed).toBe(200n);
    flight.settle(a);
    flight.marker(300n);
    expect(flight.confirmed).toBe(200n);
    flight.settle(c);
    expect(flight.confirmed).toBe(300n);
    flight.commit(400n);
    expect(flight.confirmed).toBe(400n);
  });

  it('ignores settles that belong to a connection that is gone', () => {
    const flight = new InFlight(0n);
    flight.begin(at, us);
    const old = flight.addEvent(3);
    flight.commit(10n);
    flight.drop();
    expect([flight.events, flight.bytes, flight.entries]).toEqual([0, 0, 0]);
    flight.begin(at, us);
    flight.addEvent(4);
    flight.commit(10n);
    flight.settle(old);
    expect(flight.confirmed).toBe(0n);
    expect(flight.bytes).toBe(4);
  });

  it('never confirms past an unsettled event, whatever the interleaving', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.constant({ do: 'begin' as const }) },
      { weight: 6, arbitrary: fc.constant({ do: 'event' as const }) },
      { weight: 3, arbitrary: fc.constant({ do: 'commit' as const }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('keepalive' as const), ahead: fc.nat(3) }) },
      { weight: 6, arbitrary: fc.record({ do: fc.constant('settle' as const), pick: fc.nat() }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('settle-twice' as const), pick: fc.nat() }) },
      { weight: 1, arbitrary: fc.constant({ do: 'reconnect' as const }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        // The model server: transactions in commit order, each with an end LSN; a keepalive never speaks past the next commit.
        const flight = new InFlight(0n);
        let log: { end: bigint; tokens: InFlightToken[]; settled: Set<InFlightToken>; open: boolean }[] = [];
        const done: InFlightToken[] = [];
        let clock = 0n;
        let previous = 0n;
        for (const action of steps) {
          const last = log.at(-1);
          const open = last?.open ? last : null;
          const waiting = log.flatMap((tx) => tx.tokens.filter((token) => !tx.settled.has(token)).map((token) => ({ tx, token })));
          if (action.do === 'begin' && !open) {
            clock += 10n;
            log.push({ end: clock, tokens: [], settled: new Set(), open: true });
            flight.begin(0, 0n);
          } else if (action.do === 'event' && open) open.tokens.push(flight.addEvent(1));
          else if (action.do === 'commit' && open) {
            open.open = false;
            flight.commit(open.end);
          } else if (action.do === 'keepalive') {
            // At most the end of the last complete transaction plus WAL of others, below the next commit.
            flight.marker(open ? open.end - 10n + BigInt(action.ahead) : clock + BigInt(action.ahead));
          } else if (action.do === 'settle' && waiting.length > 0) {
            const { tx, token } = waiting[action.pick % waiting.length] as (typeof waiting)[number];
            tx.settled.add(token);
            done.push(token);
            flight.settle(token);
          } else if (action.do === 'settle-twice' && done.length > 0) {
            flight.settle(done[action.pick % done.length] as InFlightToken);
          } else if (action.do === 'reconnect') {
            flight.drop();
            log = [];
            clock = flight.confirmed > clock ? flight.confirmed : clock;
          }
          const blocking = log.find((tx) => tx.open || tx.tokens.some((token) => !tx.settled.has(token)));
          if (blocking) expect(flight.confirmed).toBeLessThan(blocking.end);
          expect(flight.confirmed).toBeGreaterThanOrEqual(previous);
          previous = flight.confirmed;
          const unsettled = log.reduce((sum, tx) => sum + tx.tokens.length - tx.settled.size, 0);
          expect(flight.events).toBe(unsettled);
        }
        for (const tx of log) {
          if (tx.open) flight.commit(tx.end);
          for (const token of tx.tokens) flight.settle(token);
        }
        const lastEnd = log.at(-1)?.end ?? 0n;
        expect(flight.confirmed).toBeGreaterThanOrEqual(lastEnd);
        expect(flight.entries).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
