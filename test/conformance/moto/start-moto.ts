/** moto in server mode, an independent imitation of AWS. https://docs.getmoto.org/en/latest/docs/server_mode.html */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Moto {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts it with a virtual environment's Python; it ends with this process at the latest, whose end of a pipe it reads. */
export async function startMoto(python: string): Promise<Moto> {
  const script = fileURLToPath(new URL('./serve.py', import.meta.url));
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'pipe'] });
  const complaints: string[] = [];
  child.stderr.on('data', (text: Buffer) => complaints.push(text.toString()));
  const ended = once(child, 'exit').then(([code]): never => {
    throw new Error(`moto ended with ${code}: ${complaints.join('').slice(-2_000)}`);
  });
  const [url] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
  return {
    url: String(url),
    async stop() {
      child.stdin.end();
      await ended.catch(() => undefined); // it ends because it was told to
    },
  };
}
