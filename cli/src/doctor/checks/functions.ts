import { failed, ok } from '../finding.ts';
import type { Check } from '../patient.ts';

/** One of each kind: what holds for it holds for the others of the same deployment. */
const keys = ['dataset-validator-validate', 'training-starter-start', 'notifier-notify', 'reconciler-tend'];

/** The functions are active, and the caller may invoke them, which `dead-letters redrive` does. */
export const functions: Check = {
  name: 'functions',
  async examine({ prefix, lambda, configurationOf }) {
    const unfit: string[] = [];
    for (const key of keys) {
      const { State = 'Active', LastUpdateStatus = 'Successful' } = await configurationOf(key);
      if (State !== 'Active' && State !== 'Inactive') unfit.push(`${key} is ${State}`);
      if (LastUpdateStatus === 'Failed') unfit.push(`the last update of ${key} failed`);
    }
    if (unfit.length > 0) return failed(unfit.join(', '), 'Deploy again, and read what Lambda says of it.');
    await lambda.dryRun(`${prefix}-${keys[0]}`);
    return ok(`${keys.length} looked at are active; you may invoke them`);
  },
};
