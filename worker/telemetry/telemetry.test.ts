import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { SpillwayError } from '@/core/errors';
import { serveHealth } from './health-server';
import { createLog } from './log';
import { printMetrics } from './metrics';

test('secrets handed to the log by mistake, and row data in a driver’s error, do not reach it', () => {
  const lines: string[] = [];
  const sink = new PassThrough();
  sink.on('data', (chunk) => lines.push(String(chunk)));
  const log = createLog('info', sink);
  log.info({ password: 'canary-1', source: { password: 'canary-2', host: 'h' }, a: { b: { sinkSecret: 'canary-3' } } }, 'mistake');
  log.error({ err: Object.assign(new Error('duplicate key'), { detail: 'Key (ssn)=(canary-4) already exists', code: '23505' }) }, 'failed');
  log.warn({ err: new SpillwayError('slot_lost', 'gone', { row: 'canary-5' }) }, 'two\nlines');
  const said = lines.join('');
  expect(said).not.toContain('canary');
  expect(said).toContain('23505');
  expect(said.trim().split('\n')).toHaveLength(3);
});

test('metrics are printed as Prometheus reads them, and what is unknown is left out', () => {
  const text = printMetrics([
    {
      name: 'a',
      help: 'A.',
      type: 'gauge',
      values: [
        { labels: { stream: 'or"ders\n' }, value: 1.5 },
        { labels: { stream: 'x' }, value: null },
      ],
    },
  ]);
  expect(text).toBe('# HELP a A.\n# TYPE a gauge\na{stream="or\\"ders\\n"} 1.5\n');
});

test('health is served on loopback, and nothing else is', async () => {
  let ok = true;
  const server = await serveHealth(
    0,
    () => ({ ok }),
    () => [],
  );
  const get = async (path: string, method = 'GET') => (await fetch(`http://127.0.0.1:${server.port}${path}`, { method })).status;
  expect([await get('/healthz'), await get('/metrics'), await get('/'), await get('/healthz', 'POST')]).toEqual([200, 200, 404, 404]);
  ok = false;
  expect(await get('/healthz')).toBe(503);
  server.close();
});
