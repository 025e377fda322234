import { expect, test } from 'vitest';
import type { Dossier } from '@/core/dto/inspection';
import { dossierVerdict } from './verdict';

const server: Dossier['server'] = {
  version: '18.4',
  walBytesPerSec: 1000,
  sampledSeconds: 3,
  maxSlots: 10,
  usedSlots: 3,
  maxSenders: 10,
  usedSenders: 3,
  maxSlotWalKeepBytes: 1,
  slotLimit: 5,
  ourSlots: 2,
};
const forecast = { secondsToCap: 9 * 3600, secondsToBudget: 4 * 3600, suggestedBudgetBytes: 2 ** 30 };

test.each([
  [
    'a cap',
    server,
    forecast,
    [],
    'Approving this uses 1 of 7 free slots; if the stream stops, the server gives its slot up after about 9 h.',
  ],
  ['no cap', server, { ...forecast, secondsToCap: null }, [], 'its budget of 1 GB lasts about 4 h'],
  ['a quiet server', { ...server, walBytesPerSec: 0 }, forecast, [], 'wrote no WAL in 3 s'],
  ['no slot left to Spillway', { ...server, ourSlots: 5 }, forecast, [], 'All 5 slots allowed'],
  ['a failing step', server, forecast, [{ name: 'wal_level', status: 'failed', finding: '' }], 'Not ready: wal_level fails'],
] as const)('the dossier of a server with %s leads with one plain sentence', (_name, facts, figures, checks, sentence) => {
  expect(dossierVerdict(facts, figures, checks)).toContain(sentence);
});
