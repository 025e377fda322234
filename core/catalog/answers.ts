import pg from 'pg';
import { catalogUrl } from '@/core/env';

interface Ear {
  /** Settles when the connection listens, or could not be made: polling goes on either way. */
  readonly listening: Promise<void>;
  readonly waiting: Map<string, Set<() => void>>;
  readonly close: () => Promise<void>;
}

/** One connection a process, on globalThis because Next bundles routes and actions apart from each other. */
const holder = globalThis as unknown as { spillwayAnswers?: Ear | undefined };

/** Resolves when the worker answers this question (NOTIFY spillway_answer), or after `ms`. */
export async function nextAnswer(inspectionId: string, ms: number): Promise<void> {
  holder.spillwayAnswers ??= listen();
  const ear = holder.spillwayAnswers;
  await new Promise<void>((resolve) => {
    const waiting = ear.waiting.get(inspectionId) ?? new Set();
    const done = () => {
      clearTimeout(timer);
      waiting.delete(done);
      if (waiting.size === 0) ear.waiting.delete(inspectionId);
      resolve();
    };
    const timer = setTimeout(done, ms);
    waiting.add(done);
    ear.waiting.set(inspectionId, waiting);
  });
}

/** Ends the connection, so that a script or a test can end. */
export async function stopListening(): Promise<void> {
  const ear = holder.spillwayAnswers;
  holder.spillwayAnswers = undefined;
  await ear?.close();
}

function listen(): Ear {
  const waiting = new Map<string, Set<() => void>>();
  const client = new pg.Client({ connectionString: catalogUrl(), application_name: 'spillway portal answers', keepAlive: true });
  const forget = () => {
    if (holder.spillwayAnswers === ear) holder.spillwayAnswers = undefined;
  };
  client.on('error', forget);
  client.on('end', forget);
  client.on('notification', ({ payload }) => {
    for (const done of waiting.get(payload ?? '') ?? []) done();
  });
  const listening = client
    .connect()
    .then(() => client.query('listen spillway_answer'))
    .then(() => undefined, forget);
  const ear: Ear = { listening, waiting, close: () => listening.then(() => client.end()).catch(() => undefined) };
  return ear;
}
