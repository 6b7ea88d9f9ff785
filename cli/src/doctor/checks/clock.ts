import { failed, ok } from '../finding.ts';
import type { Check } from '../patient.ts';

/** AWS refuses signatures that are older or newer than five minutes. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html */
const tolerableSeconds = 240;

/** This machine's clock against the API's: signatures carry the time. */
export const clock: Check = {
  name: 'clock',
  async examine({ cloud, fetch, now }) {
    const response = await fetch(new URL('/health', cloud.apiUrl), { signal: AbortSignal.timeout(10_000) });
    const date = Date.parse(response.headers.get('date') ?? '');
    if (Number.isNaN(date)) return ok('the API does not tell its time');
    const seconds = Math.round((now().getTime() - date) / 1_000);
    if (Math.abs(seconds) <= tolerableSeconds) return ok(`within ${Math.max(1, Math.abs(seconds))} s of the API's`);
    const direction = seconds > 0 ? 'ahead' : 'behind';
    return failed(
      `${Math.abs(seconds)} s ${direction}: AWS refuses what is signed`,
      'Set the clock, or switch on NTP.',
    );
  },
};
