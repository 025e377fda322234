import { describe, expect, it } from 'vitest';
import { receiverWords, wordsOfBody } from './receiver-words';

describe('the words of a receiver', () => {
  it('come from the fields that are meant for people, on one short line', () => {
    expect(receiverWords({ id: '1', status: 422, message: 'country XK is unknown' })).toBe('country XK is unknown');
    expect(wordsOfBody('{"error":"no such order"}')).toBe('no such order');
    expect(receiverWords({ message: 'two\r\nlines \u001b[2J\u202e' })).toBe('two lines [2J');
    expect(receiverWords({ message: 'x'.repeat(1000) })).toHaveLength(300);
  });

  it('are none when the body may be an echo of the request', () => {
    for (const body of [
      '[{"id":"1","value":{"email":"canary"}}]',
      'canary',
      '{"message":{"email":"canary"}}',
      '',
      '<html>canary</html>',
      null,
    ])
      expect(wordsOfBody(body)).toBeNull();
  });
});
