import { ok } from '../finding.ts';
import type { Check } from '../patient.ts';

/** The API answers, and takes these credentials: listing runs changes nothing. */
export const httpApi: Check = {
  name: 'api',
  async examine({ api, cloud }) {
    await api.call('health', {});
    await api.call('listRuns', { query: { limit: 1 } });
    return ok(`${cloud.apiUrl} answers and lets you list runs`);
  },
};
