import { describe, expect, it } from 'vitest';
import type { SourceItem } from '@/worker/source/source';
import { HEARTBEAT_PREFIX, Heartbeat } from './heartbeat';

const keepalive = (walEnd: bigint): SourceItem => ({ kind: 'keepalive', walEnd });
const back = (content: string): SourceItem => ({
  kind: 'message',
  message: { transaction: null, systemId: 'sys', prefix: HEARTBEAT_PREFIX, content: Buffer.from(content), lsn: 1n },
});

function rig(beats: (content: string) => Promise<boolean> = async () => true) {
  let seconds = 0;
  const sent: { at: number; content: string }[] = [];
  const lost: number[] = [];
  const state = { paused: false };
  const heartbeat = new Heartbeat({
    now: () => seconds * 1000,
    paused: () => state.paused,
    onLost: () => lost.push(seconds),
    beat: (content) => {
      sent.push({ at: seconds, content });
      return beats(content);
    },
  });
  const pass = async (by: number, each: () => void = () => undefined) => {
    for (const end = seconds + by; seconds < end; ) {
      seconds++;
      each();
      heartbeat.tick();
      await Promise.resolve();
      await Promise.resolve();
    }
  };
  return { heartbeat, sent, lost, state, pass };
}

describe('Heartbeat', () => {
  it('writes nothing while the source sends by itself, and at most once a minute when it is silent', async () => {
    const { heartbeat, sent, lost, pass } = rig();
    await pass(120, () => heartbeat.hear(back('of another stream')));
    expect(sent).toEqual([]);
    await pass(200, () => {
      const last = sent.at(-1);
      if (last) heartbeat.hear(back(last.content));
    });
    expect(sent.map(({ at }) => at)).toEqual([151]);
    expect(lost).toEqual([]);
  });
  it('writes again a minute later when the answer was the last that came', async () => {
    const { heartbeat, sent, lost, pass } = rig();
    await pass(31);
    heartbeat.hear(back(sent[0]?.content ?? ''));
    await pass(70);
    expect(sent.map(({ at }) => at)).toEqual([31, 91]);
    expect(lost).toEqual([]);
  });
  it('tells once when it does not come back within three intervals, keepalives that stand still notwithstanding', async () => {
    const { heartbeat, sent, lost, pass } = rig();
    await pass(400, () => heartbeat.hear(keepalive(7n)));
    expect(sent).toHaveLength(1);
    expect(lost).toEqual([211]);
  });
  it('takes neither our own pause nor a server that moves on for silence', async () => {
    const { heartbeat, lost, state, pass } = rig();
    await pass(40);
    state.paused = true;
    await pass(300);
    state.paused = false;
    let walEnd = 10n;
    await pass(300, () => heartbeat.hear(keepalive(walEnd++)));
    expect(lost).toEqual([]);
    await pass(181);
    expect(lost).toHaveLength(1);
  });
  it('gives up on a server that takes no writes, and tries again after a fault of its own connection', async () => {
    const standby = rig(async () => false);
    await standby.pass(500);
    expect([standby.sent.length, standby.lost.length]).toEqual([1, 0]);
    const failing = rig(() => Promise.reject(new Error('refused')));
    await failing.pass(200);
    expect(failing.sent.map(({ at }) => at)).toEqual([31, 91, 151]);
    expect(failing.lost).toEqual([]);
  });
});
