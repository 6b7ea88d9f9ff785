/** `npm run gateware -- prove`: the properties of `formal/`, proven for all inputs. */
import { boundSources } from './formal/bound-sources.ts';
import { mutants, proveMutant } from './formal/mutants.ts';
import { type Proof, proofs } from './formal/proofs.ts';
import { proveModule } from './formal/prove-module.ts';
import type { Report } from './report.ts';

export function prove(): Report {
  const results = proveAll(proofs);
  const refused = refuseMutants();
  return {
    json: { proofs: results, refused },
    failed: results.some(({ proven }) => !proven) || refused < mutants.length,
  };
}

/** Those that take seconds. */
export function proveQuickly() {
  const results = proveAll(proofs.filter(({ slow }) => !slow));
  return { proofs: results, refused: refuseMutants(), of: mutants.length };
}

/** Returns how many were refused, and prints those that were not. */
function refuseMutants(): number {
  const refused = mutants.filter((mutant) => {
    const { proven, reason } = proveMutant(mutant);
    const isRefused = !proven && reason !== null && reason.includes('Assert failed');
    if (!isRefused) console.log(`✗ ${mutant.module} with ${mutant.fault} is not refused: ${reason ?? 'proven'}`);
    return isRefused;
  }).length;
  console.log(`${refused === mutants.length ? '✓' : '✗'} ${refused} of ${mutants.length} broken modules are refused`);
  return refused;
}

/** Prints a line for each. */
function proveAll(selected: readonly Proof[]) {
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
