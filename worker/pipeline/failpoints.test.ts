import { expect, it } from 'vitest';
import { type FailpointAction, failpointsFrom, parseFailpoints } from './failpoints';

/** Notes what would have happened. */
function actionsInto(taken: FailpointAction[]) {
  return { kill: () => void taken.push('kill'), loop: () => void taken.push('loop'), hog: () => void taken.push('hog') };
}

it('acts at the n-th passage and only once, each place by its own plan', () => {
  const taken: FailpointAction[] = [];
  const failpoint = failpointsFrom({ NODE_ENV: 'test', FAILPOINTS: 'after_send=kill@3,before_flush=loop,recv=hog@2' }, actionsInto(taken));
  const seen = Array.from({ length: 5 }, () => {
    failpoint('after_send');
    failpoint('decoded');
    return taken.length;
  });
  expect(seen).toEqual([0, 0, 1, 1, 1]);
  failpoint('before_flush');
  failpoint('recv');
  failpoint('recv');
  expect(taken).toEqual(['kill', 'loop', 'hog']);
});

it('is inert outside of tests', () => {
  const taken: FailpointAction[] = [];
  failpointsFrom({ NODE_ENV: 'production', FAILPOINTS: 'recv=kill' }, actionsInto(taken))('recv');
  expect(taken).toEqual([]);
});

it('names what it does not understand', () => {
  expect(() => parseFailpoints('somewhere=kill')).toThrow('somewhere=kill');
  expect(() => parseFailpoints('recv=sleep')).toThrow(RangeError);
});
