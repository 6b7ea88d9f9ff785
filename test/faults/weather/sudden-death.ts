/** Kills this process, without a word, at one of its calls to AWS: before it is done or before it is answered. */
import type { Faults } from '@dropforge/local';

export function suddenDeath(atCall: number, before: boolean): NonNullable<Faults['onRequest']> {
  let calls = 0;
  const die = () => process.kill(process.pid, 'SIGKILL');
  return async (_call, answer) => {
    const last = ++calls === atCall;
    if (last && before) die();
    await answer();
    if (last) die();
  };
}
