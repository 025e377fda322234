import fc from 'fast-check';
import { expect, it } from 'vitest';
import { replacementProblem, routeRegexProblem, topicRouter } from './topic-route';

it.each([
  ['(?<routedByValue>.*)', 'outbox.event.${routedByValue}', 'order', 'outbox.event.order'],
  ['(.*)[.](.*)', '$2-$1', 'shop.orders', 'orders-shop'],
  ['(?:shop)[.](?<t>\\w+)', 'v1.${t}', 'shop.orders', 'v1.orders'],
  ['shop', 'x', 'shop.orders', 'shop.orders'], // matched as a whole, or not at all
  ['a|ab', 'x', 'ab', 'xb'], // replaceFirst
  ['(o.*)', 'cost\\$\\\\$1', 'order', 'cost$\\order'],
])('%s → %s makes of %s what Java makes of it: %s', (regex, replacement, value, topic) => {
  expect(routeRegexProblem(regex)).toBeNull();
  expect(replacementProblem(regex, replacement)).toBeNull();
  expect(topicRouter(regex, replacement)(value)).toBe(topic);
});

it.each(['(', '(a+)+', '(a|b)*', '(.*)(.*)(.*)(.*)', '(?=a)b', '(?<!a)b', '(.)\\1', '(?<x>.)\\k<x>', 'a{1,9}b+c+d+'])(
  '%s is refused',
  (regex) => {
    expect(routeRegexProblem(regex)).not.toBeNull();
  },
);

it.each(['$2', '${other}', '$', 'a$b', '\\'])('a replacement %s of one named group is refused', (replacement) => {
  expect(replacementProblem('(?<value>.*)', replacement)).not.toBeNull();
});

it('whatever is accepted is quick on the values that take longest', () => {
  const expression = fc.array(fc.constantFrom('a', '.', '*', '+', '?', '(', ')', '|', 'a*', '(a', ')b', '[ab]+'), { maxLength: 12 });
  fc.assert(
    fc.property(expression, (pieces) => {
      const regex = pieces.join('');
      if (regex === '' || routeRegexProblem(regex) !== null) return;
      const route = topicRouter(regex, 'x');
      const began = performance.now();
      for (const value of ['a'.repeat(249), `${'a'.repeat(248)}!`, `${'ab'.repeat(124)}!`]) route(value);
      expect(performance.now() - began).toBeLessThan(10_000);
    }),
    { numRuns: 300 },
  );
});
