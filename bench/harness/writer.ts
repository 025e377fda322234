import { fork } from 'node:child_process';
import { bundled } from './pipeline-run';
import type { FromWriter, WriterStart } from './writer-main';

let file: Promise<string> | undefined;

/** Writes in a process of its own; resolves with the commit of each row by its id from 1, ms of the monotonic clock. */
export async function writeAtRate(start: WriterStart): Promise<Float64Array> {
  file ??= bundled('bench/harness/writer-main.ts');
  const child = fork(await file, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [], serialization: 'advanced' });
  try {
    return await new Promise<Float64Array>((resolve, reject) => {
      child.once('message', (message: FromWriter) => resolve(message.at));
      child.once('exit', (code) => reject(new Error(`the writer ended with code ${code}`)));
      child.send(start);
    });
  } finally {
    child.kill('SIGKILL');
  }
}
