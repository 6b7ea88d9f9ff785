import { DeployError } from './deploy-error.ts';

/** Runs a verb of package.json: what keeps it from its work is told in two lines, without a stack. */
export async function runVerb(verb: () => Promise<void>): Promise<void> {
  try {
    await verb();
  } catch (error) {
    process.exitCode = 1;
    if (!(error instanceof DeployError)) throw error;
    console.error(`\n${error.code}: ${error.message}\n${error.action}`);
  }
}
