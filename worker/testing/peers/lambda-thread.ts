import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/** What runs in the thread: as Lambda's Node runtime, it loads the module once and says what the handler returned or threw. */
const RUNTIME = `
const { parentPort, workerData } = require('node:worker_threads');
const loaded = import(workerData);
loaded.catch(() => undefined).then(() => parentPort.postMessage('loaded'));
parentPort.on('message', async (text) => {
  try {
    let module;
    try { module = await loaded; } catch (error) {
      return parentPort.postMessage({ payload: JSON.stringify({ errorType: 'Runtime.ImportModuleError', errorMessage: String(error) }), error: 'Unhandled' });
    }
    const answer = await module.handler(JSON.parse(text));
    parentPort.postMessage({ payload: JSON.stringify(answer) ?? 'null', error: null });
  } catch (error) {
    const { name: errorType = 'Error', message: errorMessage = '' } = error ?? {};
    parentPort.postMessage({ payload: JSON.stringify({ errorType, errorMessage, trace: [] }), error: 'Unhandled' });
  }
});
`;

export interface Ran {
  /** JSON. */
  readonly payload: string;
  readonly error: 'Unhandled' | null;
}

/** One instance of a function: a thread that stays warm, runs one invocation at a time, and is ended when one takes too long. */
export class FunctionThread {
  private thread: Worker | null = null;
  private loaded: Promise<unknown> = Promise.resolve();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly file: string) {}

  invoke(event: Buffer, timeoutMs: number): Promise<Ran> {
    const ran = this.turn.then(() => this.run(event.toString('utf8'), timeoutMs));
    this.turn = ran.catch(() => undefined);
    return ran;
  }

  async end(): Promise<void> {
    await this.thread?.terminate();
    this.thread = null;
  }

  /** The time that loading the module takes is not the function's, as with Lambda. */
  private async run(event: string, timeoutMs: number): Promise<Ran> {
    if (!this.thread) {
      this.thread = new Worker(RUNTIME, { eval: true, workerData: pathToFileURL(this.file).href });
      this.loaded = once(this.thread, 'message');
    }
    const { thread } = this;
    await this.loaded;
    return new Promise((resolve) => {
      const done = (ran: Ran) => {
        clearTimeout(timer);
        for (const event of ['message', 'error', 'exit']) thread.removeAllListeners(event);
        resolve(ran);
      };
      const gone = (errorType: string, errorMessage: string) => {
        this.thread = null;
        void thread.terminate();
        done({ payload: JSON.stringify({ errorType, errorMessage }), error: 'Unhandled' });
      };
      const seconds = (timeoutMs / 1000).toFixed(2);
      const timer = setTimeout(() => gone('Sandbox.Timedout', `RequestId: 1 Error: Task timed out after ${seconds} seconds`), timeoutMs);
      thread.once('message', done);
      thread.once('error', (error: Error) => gone('Runtime.ExitError', error.message));
      thread.once('exit', () => gone('Runtime.ExitError', 'the runtime exited'));
      thread.postMessage(event);
    });
  }
}
