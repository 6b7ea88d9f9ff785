/** `npm run gateware -- prove`: the properties of `formal/`, proven for all inputs. */
import { boundSources } from './formal/bound-sources.ts';
import { proveModule } from './formal/prove-module.ts';
import { type Proof, proofs } from './formal/proofs.ts';
import type { Report } from './report.ts';

export function prove(): Report {
  const results = proveAll(proofs);
  return { json: results, failed: results.some(({ proven }) => !proven) };
}

/** Prints a line for each. */
export function proveAll(selected: readonly Proof[]) {
  return selected.map((proof) => {
    const { proven, reason, assertions, seconds } = proveModule(proof, boundSources(proof.module));
    const how = proof.method === 'induction' ? `${proof.depth}-induction` : `first ${proof.depth} cycles`;
    const what = `${nameOf(proof)} ${reason === null ? proof.sentence : `fails: ${reason}`}`;
    console.log(`${proven ? '✓' : '✗'} ${what} (${assertions} assertions, ${how}, ${seconds.toFixed(0)} s)`);
    return { module: proof.module, method: proof.method, depth: proof.depth, assertions, proven };
  });
}

function nameOf({ module, parameters }: Proof): string {
  const values = Object.entries(parameters).map(([name, value]) => `${name} ${value}`);
  return values.length === 0 ? module : `${module} with ${values.join(', ')}`;
}
