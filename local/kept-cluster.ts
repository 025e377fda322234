import { setTimeout as wait } from 'node:timers/promises';
import { type Cluster, type ClusterOptions, startCluster } from './postgres';
import { processFacts } from './process-table';
import { restartDelay } from './restart-policy';

const LOOK_EVERY = 250;

/** A server that is started again when it dies, until stop(). */
export interface KeptCluster {
  readonly pid: number;
  readonly port: number;
  readonly adopted: boolean;
  url(database: string): string;
  createDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
}

export async function keepCluster(options: ClusterOptions & { name: string; say: (line: string) => void }): Promise<KeptCluster> {
  let cluster: Cluster = await startCluster(options);
  let stopping = false;
  const { adopted } = cluster;

  const watching = (async () => {
    let delay: number | undefined;
    for (let upSince = Date.now(); !stopping; await wait(LOOK_EVERY)) {
      if (processFacts(cluster.pid)) continue;
      delay = restartDelay(delay, Date.now() - upSince);
      options.say(`Postgres of the ${options.name} ended; starting it again in ${delay / 1000} s`);
      await wait(delay);
      if (stopping) return;
      try {
        cluster = await startCluster(options);
        upSince = Date.now();
      } catch (error) {
        options.say(error instanceof Error ? error.message : String(error));
      }
    }
  })();

  return {
    get pid() {
      return cluster.pid;
    },
    port: cluster.port,
    adopted,
    url: (database) => cluster.url(database),
    createDatabase: (name) => cluster.createDatabase(name),
    async stop() {
      stopping = true;
      await watching;
      await cluster.stop();
    },
  };
}
