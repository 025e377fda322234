import { spawn } from 'node:child_process';

/** Seconds that COPY … TO STDOUT takes psql, the text going nowhere: what the server and the wire can give. */
export async function copyOut(url: string, statement: string): Promise<number> {
  const address = new URL(url);
  const { PATH } = process.env;
  const env = { PATH, PGPASSWORD: decodeURIComponent(address.password) } as unknown as NodeJS.ProcessEnv;
  const place = ['-h', address.hostname, '-p', address.port, '-U', decodeURIComponent(address.username), '-d', address.pathname.slice(1)];
  const began = performance.now();
  const child = spawn('psql', [...place, '-qX', '-v', 'ON_ERROR_STOP=1', '-c', statement], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`psql ended with ${code}`))));
  });
  return (performance.now() - began) / 1000;
}
