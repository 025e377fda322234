import { type ChildProcess, fork } from 'node:child_process';
import { bundled } from './pipeline-run';
import type { FromReceiver } from './receiver-main';

let file: Promise<string> | undefined;

/** The receiver's process for one run. */
export class BenchReceiver {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    /** Resolves once every row has come. */
    readonly all: Promise<void>,
  ) {}

  /** `total`: rows, with ids from 1. */
  static async start(total: number): Promise<BenchReceiver> {
    file ??= bundled('bench/harness/receiver-main.ts');
    const child = fork(await file, [String(total)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
      serialization: 'advanced',
    });
    const all = heard(child, 'all').then(() => undefined);
    all.catch(() => undefined);
    const { port } = await heard(child, 'ready');
    return new BenchReceiver(child, `http://127.0.0.1:${port}/`, all);
  }

  /** First arrival of each row by its id, ms of the monotonic clock; 0 = never. */
  async arrivals(): Promise<Float64Array> {
    const answer = heard(this.child, 'arrivals');
    this.child.send({ type: 'report' });
    return (await answer).at;
  }

  async stop(): Promise<void> {
    const exited = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.kill('SIGKILL');
    await exited;
  }
}

function heard<T extends FromReceiver['type']>(child: ChildProcess, type: T): Promise<Extract<FromReceiver, { type: T }>> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: FromReceiver) => {
      if (message.type === type) resolve(message as Extract<FromReceiver, { type: T }>);
    });
    child.once('exit', () => reject(new Error('the receiver ended')));
  });
}
