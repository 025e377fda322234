import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { buildOptions } from './bundle.mjs';
import { ROOT } from './fingerprint.mjs';

/** What a stream loads that posts over HTTP: the pipeline, its sink, and all that these import at once. */
async function loadedOverHttp(): Promise<string[]> {
  const { metafile } = await build({ ...buildOptions('pipeline', 'worker/pipeline/main.ts'), outdir: 'out', write: false, metafile: true });
  const { outputs } = metafile;
  const from = (entry: string) => Object.keys(outputs).filter((file) => outputs[file]?.entryPoint === entry);
  const waiting = [...from('worker/pipeline/main.ts'), ...from('worker/sink/http/http-sink.ts')];
  expect(waiting, 'the sink is a file of its own').toHaveLength(2);
  const files = new Set<string>();
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const { path, kind } of outputs[file]?.imports ?? []) if (kind === 'import-statement' && path in outputs) waiting.push(path);
  }
  return [...files].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));
}

test('a stream that posts over HTTP carries no client of another sink, no filter and nothing of its own client that it does not use', async () => {
  const inputs = await loadedOverHttp();
  expect(inputs).toContain('node_modules/undici/lib/dispatcher/pool.js');
  const others =
    /node_modules\/(kafkajs|pg\/lib\/stream\.js|protobufjs|@aws-sdk|@smithy|@bufbuild|json-p3|quickjs|undici\/(index\.js|lib\/(mock|web\/websocket|cache)))/;
  expect(inputs.filter((input) => others.test(input))).toEqual([]);
});

test('what is not among the parts that are used fails the build and is named', async () => {
  const contents = `import { WebSocket } from 'undici'; console.log(WebSocket);`;
  const stdin = { contents, resolveDir: ROOT, sourcefile: `${ROOT}/worker/not-there.ts` };
  const { entryPoints: _, ...options } = buildOptions('program', '');
  const building = build({ ...options, stdin, outdir: 'out', write: false, logLevel: 'silent' });
  await expect(building).rejects.toThrow('No matching export in "used-parts:undici" for import "WebSocket"');
});
