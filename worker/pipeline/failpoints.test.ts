import { expect, it } from 'vitest';
import { failpointsFrom, parseFailpoints } from './failpoints';

it('kills at the n-th passage and only once', () => {
  let kills = 0;
  const failpoint = failpointsFrom({ NODE_ENV: 'test', FAILPOINTS: 'after_send=kill@3' }, () => kills++);
  const seen = Array.from({ length: 5 }, () => {
    failpoint('after_send');
    failpoint('recv');
    return kills;
  });
  expect(seen).toEqual([0, 0, 1, 1, 1]);
});

it('is inert outside of tests', () => {
  let kills = 0;
  failpointsFrom({ NODE_ENV: 'production', FAILPOINTS: 'recv=kill' }, () => kills++)('recv');
  expect(kills).toBe(0);
});

it('names what it does not understand', () => {
  expect(() => parseFailpoints('somewhere=kill')).toThrow('somewhere=kill');
  expect(() => parseFailpoints('recv=sleep')).toThrow(RangeError);
});
