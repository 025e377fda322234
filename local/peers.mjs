import { existsSync, readFileSync } from 'node:fs';

/**
 * What tests ran against, from the reports of the run: each test names its peer (worker/testing/tested-on.ts).
 * @typedef {object} PeerRow
 * @property {string} of
 * @property {'real' | 'ours' | 'skipped'} kind
 * @property {string} name
 * @property {string | undefined} why
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

/** The peers that a vitest JSON report names, in the order of its tests. @param {string} file @returns {PeerRow[]} */
export function peersIn(file) {
  /** @type {Map<string, PeerRow>} */
  const rows = new Map();
  for (const { assertionResults } of existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).testResults : []) {
    for (const { status, meta } of assertionResults) {
      if (!meta?.peer) continue;
      const { of, kind, name, why, missing } = meta.peer;
      const key = JSON.stringify([of, kind, name]);
      const row = rows.get(key) ?? { of, kind: missing ? 'skipped' : kind, name, why: missing || why, passed: 0, failed: 0, skipped: 0 };
      rows.set(key, row);
      row[status === 'passed' || status === 'failed' ? status : 'skipped']++;
    }
  }
  return [...rows.values()];
}

/** Tests that could not run at all, so that nobody knows their peers. @param {string} of @param {number} skipped @param {string} why @returns {PeerRow} */
export const notRun = (of, skipped, why) => ({ of, kind: 'skipped', name: 'their peers', why, passed: 0, failed: 0, skipped });

/** One line a peer: what was tested, whether the peer is real, ours or not there, and how many tests. @param {PeerRow[]} rows @returns {string[]} */
export function peerTable(rows) {
  const ofWidth = Math.max(...rows.map(({ of }) => of.length), 0);
  return rows
    .toSorted((a, b) => (a.of < b.of ? -1 : a.of > b.of ? 1 : 0))
    .map(({ of, kind, name, why, ...counts }) => {
      const outcome = Object.entries(counts).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []));
      return `  ${of.padEnd(ofWidth)}  ${`${kind}:`.padEnd(8)} ${name}${why ? ` (${why})` : ''}: ${outcome.join(', ')}`;
    });
}
