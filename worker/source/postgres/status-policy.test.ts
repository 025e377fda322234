import { describe, expect, it } from 'vitest';
import { encodeStatus, parseFrame } from './framing';
import { keepalive, PG_TIME, UNIX_TIME, xlogData } from './golden-frames';
import { StatusPolicy } from './status-policy';

describe('StatusPolicy', () => {
  it('is due every third of wal_sender_timeout, at most every 10 s', () => {
    expect([60_000, 4_500, 0].map((timeout) => new StatusPolicy(timeout, 0n, 0).intervalMs)).toEqual([10_000, 1_500, 10_000]);
    const policy = new StatusPolicy(3_000, 0n, 0);
    expect([policy.due(999), policy.due(1_000)]).toEqual([false, true]);
    policy.take(1_000);
    expect([policy.due(1_999), policy.due(2_000)]).toEqual([false, true]);
  });
  it('is due 1 s after a confirm, counted from the first that was not told', () => {
    const policy = new StatusPolicy(60_000, 0n, 0);
    policy.confirm(5n, 100);
    policy.confirm(6n, 900);
    expect([policy.due(1_099), policy.due(1_100), policy.untold]).toEqual([false, true, true]);
    expect(policy.take(1_100)).toMatchObject({ flush: 6n });
    expect([policy.due(2_200), policy.untold]).toEqual([false, false]);
  });
  it('takes the LSN of a row from its bytes, as one of any other message, whichever is the highest', () => {
    const policy = new StatusPolicy(60_000, 10n, 0);
    const frame = Buffer.alloc(12);
    for (const [lsn, received] of [
      [0xffff_ffffn, 0xffff_ffffn],
      [0x1_0000_0000n, 0x1_0000_0000n],
      [0xffff_fff0n, 0x1_0000_0000n],
      [0xffff_ffff_ffff_ffffn, 0xffff_ffff_ffff_ffffn],
    ] as const) {
      frame.writeBigUInt64BE(lsn, 3);
      policy.receiveAt(frame, 3);
      policy.receive(20n);
      expect(policy.received).toBe(received);
    }
    expect(policy.take(0)).toMatchObject({ write: 0xffff_ffff_ffff_ffffn, flush: 0n });
  });
  it('reports received and confirmed apart, and neither ever falls', () => {
    const policy = new StatusPolicy(60_000, 10n, 0);
    expect(policy.take(0)).toEqual({ write: 10n, flush: 0n, replyRequested: false });
    policy.receive(50n);
    policy.receive(0n);
    policy.confirm(40n, 0);
    policy.confirm(30n, 0);
    expect(policy.take(0)).toMatchObject({ write: 50n, flush: 40n });
    policy.confirm(60n, 0);
    expect(policy.take(0)).toMatchObject({ write: 60n, flush: 60n });
  });
  it('asks for a reply after half of the timeout in silence, and gives up after twice of it', () => {
    const policy = new StatusPolicy(4_000, 0n, 0);
    expect([policy.take(1_999).replyRequested, policy.take(2_000).replyRequested]).toEqual([false, true]);
    expect([policy.silentTooLong(8_000), policy.silentTooLong(8_001)]).toEqual([false, true]);
    policy.heard(8_001);
    expect([policy.take(8_002).replyRequested, policy.silentTooLong(9_000)]).toEqual([false, false]);
    expect(new StatusPolicy(0, 0n, 0).silentTooLong(10_000_000)).toBe(false);
  });
});

describe('frames', () => {
  it('are read whole', () => {
    expect(parseFrame(xlogData(Buffer.from('B'), 0xffff_ffff_0000_0001n))).toEqual({
      kind: 'data',
      walStart: 0xffff_ffff_0000_0001n,
      payload: Buffer.from('B'),
    });
    expect(parseFrame(keepalive(9n, true))).toEqual({ kind: 'keepalive', walEnd: 9n, replyRequested: true });
    expect(() => parseFrame(Buffer.from('x'))).toThrow('type 120');
    expect(() => parseFrame(keepalive(9n, true).subarray(0, 17))).toThrow(/malformed/);
  });
  it('carry a status with the LSNs as they are and the right time', () => {
    const status = encodeStatus({ write: 0x1_0000_0002n, flush: 1n, nowUs: UNIX_TIME, replyRequested: true });
    expect(status.toString('hex')).toBe(
      `72${'0000000100000002'}${'0000000000000001'.repeat(2)}${PG_TIME.toString(16).padStart(16, '0')}01`,
    );
  });
});
