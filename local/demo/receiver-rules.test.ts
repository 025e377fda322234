import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { judge, type ReceivedItem, signatureIsValid } from './receiver-rules';

const order = (shipTo: string): ReceivedItem => ({
  id: '1',
  key: { id: 1 },
  value: { op: 'c', before: null, after: { id: 1, ship_to: shipTo }, source: {} },
});

describe('the demo receiver', () => {
  it('refuses XK until it knows it, and nothing else', () => {
    expect(judge(order('XK'), false).status).toBe(422);
    expect(judge(order('XK'), true).status).toBe(200);
    expect(judge(order('DE'), false).status).toBe(200);
    expect(judge({ ...order('XK'), value: { op: 'd', before: { id: 1 }, after: null, source: {} } }, false).status).toBe(200);
  });

  it('accepts a signature of the body it got and no other', () => {
    const secret = `whsec_${Buffer.from('k'.repeat(24)).toString('base64')}`;
    const sign = (text: string) =>
      `v1,${createHmac('sha256', Buffer.from('k'.repeat(24)))
        .update(text)
        .digest('base64')}`;
    const headers = { 'webhook-id': 'e1', 'webhook-timestamp': '1000', 'webhook-signature': sign('e1.1000.[]') };
    expect(signatureIsValid(headers, '[]', secret, 1000)).toBe(true);
    expect(signatureIsValid(headers, '[1]', secret, 1000)).toBe(false);
    expect(signatureIsValid(headers, '[]', secret, 1400)).toBe(false);
    expect(signatureIsValid({}, '[]', secret, 1000)).toBe(false);
  });
});
