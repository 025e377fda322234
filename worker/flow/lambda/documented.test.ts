import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { ConvertibleEvent } from '../conversion';
import { readAnswer, requestOf } from './records';

/** The example in docs/flows.md is made here: by the handler that stands there, and the code that speaks to it. */
const PAGE = readFileSync(new URL('../../../docs/flows.md', import.meta.url), 'utf8');
const SECTION = PAGE.split(/^## /m).find((part) => part.startsWith('AwsLambdaConversion\n')) ?? '';

function eventOf(seq: number, payload: string): ConvertibleEvent {
  return {
    id: `7310000000000000001/1A-2B3C4D5E/${seq}`,
    position: { systemId: '7310000000000000001', commitLsn: 0x1a_2b3c_4d5en, seq, fromSnapshot: false },
    op: 'u',
    schema: 'public',
    table: 'orders',
    key: '48213',
    payload: Buffer.from(payload),
    contentType: 'application/json',
    headers: {},
    commitTimeUs: 1_772_360_400_123_456n,
  };
}

it('docs/flows.md shows what a function gets, what the one that stands there answers, and what becomes of it', async () => {
  const events = [
    eventOf(0, '{"id":48213,"type":"orders.u","v":7,"ts":1772360400123456,"seq":0,"set":{"status":"shipped"}}'),
    eventOf(1, '{"id":48213,"type":"orders.d","v":8,"ts":1772360400123456,"seq":1}'),
  ];
  const code = /^```js\n([^`]*)```\n/m.exec(SECTION)?.[1] ?? '';
  const { handler } = (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`)) as {
    handler: (event: unknown) => Promise<unknown>;
  };
  const request = requestOf(events).toString();
  const answer = JSON.stringify(await handler(JSON.parse(request)));
  const results = readAnswer(events, Buffer.from(answer), 'Lambda function shape');
  const out = results.map((result) => {
    if (result.kind === 'events') return result.events.map(({ payload }) => payload.toString()).join(' ');
    return `none: ${result.kind === 'dropped' ? result.reason : result.error.message}`;
  });
  const lines = [`request ${request}`, `answer  ${answer}`, ...out.map((each) => `out     ${each}`)];
  expect(/^```text\n([^`]*)```\n/m.exec(SECTION)?.[1]).toBe(`${lines.join('\n')}\n`);
});
