import { setTimeout as sleep } from 'node:timers/promises';
import type { Lsn } from '@/core/postgres/lsn';
import type { ChaosStream, ChaosWorld } from './world';

/**
 * What may come again after a fault. `none`; `window`: what was in flight, once per restart; `slot`: what the server that crashed had
 * not written of its slots, nothing of before the position with which it came back.
 */
export type Allowance = 'none' | 'window' | 'slot';

/** What a fault has to tell. */
export interface FaultReport {
  /** Restarts of a stream's process or connection that it brought; 1 when not told. */
  readonly restarts?: number;
  /** Where the slots stood when the crashed server was back, before anybody read on. */
  readonly slots?: ReadonlyMap<string, Lsn>;
  /** Keys that were dead letters for a while: what is kept may be confirmed before it is delivered. */
  readonly keptKeys?: readonly number[];
  /** Streams whose events went through the durable buffer: they are confirmed once they are kept there. */
  readonly keptStreams?: readonly string[];
  readonly problems?: readonly string[];
  /** For the line of the cycle. */
  readonly note?: string;
}
export interface Fault {
  readonly name: string;
  readonly allowance: Allowance;
  /** Relative frequency of the draw; 1 when not given. */
  readonly weight?: number;
  /** Every second time the receiver refuses everything from before until after it, so that a confirmation before the delivery shows. */
  readonly held?: boolean;
  /** Only in a world with a broker. */
  readonly needsKafka?: boolean;
  /** Does it and takes it away again, under load. */
  readonly run: (world: ChaosWorld, random: () => number) => Promise<FaultReport | undefined>;
}

/** For what only a machine that is busy otherwise delays. */
export const LONG_MS = 60_000;

/** One of the streams that are always there. */
export function streamNamed(world: ChaosWorld, name: string): ChaosStream {
  const found = world.streams.find((each) => each.name === name);
  if (!found) throw new Error(`no stream ${name}`);
  return found;
}
/** Waits until it holds; rejects when it does not in this time. */
export async function within(what: string, ms: number, check: () => Promise<boolean> | boolean): Promise<void> {
  for (const until = Date.now() + ms; Date.now() < until; await sleep(20)) if (await check()) return;
  throw new Error(`${what}: not within ${ms / 1000} s`);
}
