import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { ReadingRhythm } from './reading-rhythm';

/** A socket of which only the handle is looked at, and what was asked of it. */
function socketOf(handle: { reading: boolean } | null) {
  const calls: string[] = [];
  const said = (call: string) => () => calls.push(call);
  const socket = { _handle: handle && Object.assign(handle, { readStart: said('start'), readStop: said('stop') }) } as unknown as Socket;
  return { socket, calls };
}

/** What comes was committed just now. */
const atOnce = () => 0;

describe('ReadingRhythm', () => {
  it('rests after short reads only while much is coming', async () => {
    let at = 0;
    const { socket, calls } = socketOf({ reading: true });
    const rhythm = new ReadingRhythm(socket, atOnce, () => at);
    for (; at < 1_000; at += 1) rhythm.read(3_000);
    expect(calls).toEqual([]);
    for (; at < 1_020; at += 1) rhythm.read(60_000);
    expect(calls).toEqual([]);
    rhythm.read(1_000);
    rhythm.read(1_000);
    expect(calls).toEqual(['stop']);
    await vi.waitFor(() => expect(calls).toEqual(['stop', 'start']), { timeout: 30_000 });
    at += 1_000;
    rhythm.read(1_000);
    expect(calls).toEqual(['stop', 'start']);
  });
  it('rests longer while it catches up, and not once it has', () => {
    vi.useFakeTimers();
    try {
      let [at, behind] = [0, 1_000];
      const { socket, calls } = socketOf({ reading: true });
      const rhythm = new ReadingRhythm(
        socket,
        () => behind,
        () => at,
      );
      for (; at < 20; at += 1) rhythm.read(60_000);
      rhythm.read(1_000);
      vi.advanceTimersByTime(49);
      expect(calls).toEqual(['stop']);
      vi.advanceTimersByTime(1);
      expect(calls).toEqual(['stop', 'start']);
      behind = 999;
      rhythm.read(1_000);
      vi.advanceTimersByTime(1);
      expect(calls).toEqual(['stop', 'start', 'stop', 'start']);
    } finally {
      vi.useRealTimers();
    }
  });
  it('leaves a socket alone that its stream has stopped, that is closed, or whose connection ends', async () => {
    let at = 0;
    const handle = { reading: true };
    const { socket, calls } = socketOf(handle);
    const rhythm = new ReadingRhythm(socket, atOnce, () => at);
    const much = () => {
      for (const end = at + 20; at < end; at += 1) rhythm.read(60_000);
      rhythm.read(1_000);
    };
    much();
    handle.reading = false;
    await sleep(20);
    expect(calls).toEqual(['stop']);
    much();
    handle.reading = true;
    much();
    rhythm.end();
    expect(calls).toEqual(['stop', 'stop', 'start']);
    much();
    expect(calls).toEqual(['stop', 'stop', 'start']);
    const closed = new ReadingRhythm(socketOf(null).socket, atOnce, () => at);
    for (const end = at + 20; at < end; at += 1) closed.read(7_000);
    closed.end();
  });
  it('brings every byte of a real socket, also through pauses of the stream', async () => {
    const total = 20_000_000;
    const server = createServer((peer) => {
      let left = total;
      const send = () => {
        while (left > 0) {
          const bytes = Math.min(left, 5_000);
          left -= bytes;
          if (!peer.write(Buffer.alloc(bytes, 1))) {
            peer.once('drain', send);
            return;
          }
        }
        peer.end();
      };
      send();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const socket = connect(address.port, '127.0.0.1');
    const rhythm = new ReadingRhythm(socket, () => 5_000);
    let got = 0;
    let reads = 0;
    socket.on('data', (bytes: Buffer) => {
      got += bytes.length;
      rhythm.read(bytes.length);
      reads += 1;
      if (reads % 50 !== 0) return;
      socket.pause();
      setTimeout(() => socket.resume(), reads % 100 === 0 ? 3 : 0);
    });
    await new Promise((resolve) => socket.once('end', resolve));
    expect(got).toBe(total);
    rhythm.end();
    socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
});
