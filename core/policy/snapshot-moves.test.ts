import { expect, test } from 'vitest';
import { type SnapshotStanding, whyNoSnapshot } from './snapshot-moves';

const streaming: SnapshotStanding = { state: 'streaming', desired: 'running', mode: 'initial', initial: 'done', active: null };

test('rows are read again only where changes stream and nothing else is being read', () => {
  const refused: [Partial<SnapshotStanding>, string][] = [
    [{ state: 'retired' }, 'retired'],
    [{ desired: 'retired' }, 'being retired'],
    [{ desired: 'none', initial: null }, 'does not run yet'],
    [{ desired: 'paused' }, 'resume it first'],
    [{ state: 'slot_lost' }, 'waits for a person'],
    [{ mode: 'initial_only' }, 'initial_only'],
    [{ initial: 'running' }, 'being read already'],
    [{ active: 'running' }, 'cancel it'],
    [{ active: 'paused' }, 'cancel it'],
  ];
  expect(whyNoSnapshot('start', streaming)).toBeNull();
  expect(whyNoSnapshot('start', { ...streaming, mode: 'no_data', initial: 'none' })).toBeNull();
  for (const [over, words] of refused) expect(whyNoSnapshot('start', { ...streaming, ...over })).toContain(words);
});

test('what is under way can be paused, resumed and cancelled', () => {
  const running = { ...streaming, active: 'running' as const };
  const paused = { ...streaming, active: 'paused' as const };
  expect(whyNoSnapshot('pause', running)).toBeNull();
  expect(whyNoSnapshot('pause', paused)).toContain('already');
  expect(whyNoSnapshot('resume', paused)).toBeNull();
  expect(whyNoSnapshot('resume', running)).toContain('not paused');
  for (const standing of [running, paused]) expect(whyNoSnapshot('cancel', standing)).toBeNull();
  for (const move of ['pause', 'resume', 'cancel'] as const) expect(whyNoSnapshot(move, streaming)).toContain('no rows');
});
