import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** A .cpuprofile as V8 writes it, as far as it is read here. Times in microseconds. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** `node --import tsx bench/harness/profile.ts FILE`: the functions of a processor profile by their own time, idle left out. */
const profile = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Profile;
const names = new Map(
  profile.nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
    id,
    `${functionName || '(anonymous)'} ${url ? `${basename(url)}:${lineNumber + 1}` : ''}`,
  ]),
);
const own = new Map<string, number>();
let busy = 0;
profile.samples.forEach((id, index) => {
  const name = names.get(id) ?? '';
  if (name.startsWith('(idle)')) return;
  const took = profile.timeDeltas[index] ?? 0;
  busy += took;
  own.set(name, (own.get(name) ?? 0) + took);
});
console.log(`busy ${(busy / 1e6).toFixed(2)} s`);
for (const [name, took] of [...own].sort((a, b) => b[1] - a[1]).slice(0, 45)) {
  console.log(`${((100 * took) / busy).toFixed(1).padStart(5)} %  ${name}`);
}
