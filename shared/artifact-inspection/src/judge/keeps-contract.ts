/** What we promise of the files that we make, whatever the device: they need nothing and do nothing by themselves. */
import type { FileFacts } from '../describe-file.ts';
import { type AbiName, abis } from './abi.ts';
import { type Fault, type FaultCode, someOf } from './fault.ts';

/** What a file is to be; an object file is never enough. */
export type Role = FileFacts['kind'];

/** Every broken promise. `required`: ABIs whose symbols must all be there. */
export function findBreaches(facts: FileFacts, role: Role, required: readonly AbiName[]): Fault[] {
  const faults: Fault[] = [];
  const says = (isWrong: boolean, code: FaultCode, message: string) => {
    if (isWrong) faults.push({ code, message });
  };
  says(facts.kind !== role, 'WRONG_KIND', `It is a file of kind ${facts.kind}, not ${role}.`);
  says(facts.needed.length > 0, 'NEEDS_LIBRARY', `It needs ${someOf(facts.needed)}; ours need no library.`);
  says(
    facts.versions.length > 0,
    'NEEDS_GLIBC',
    `It asks for ${someOf(facts.versions.map(({ version }) => version))}.`,
  );
  says(facts.interpreter !== null, 'NEEDS_INTERPRETER', 'It has to be loaded by another program.');
  says(facts.undefined.length > 0, 'NEEDS_SYMBOL', `It asks others for ${someOf(facts.undefined)}.`);
  says(facts.hardening.executableStack, 'EXECUTABLE_STACK', 'It makes the stack executable.');
  says(facts.hardening.writableCode, 'WRITABLE_CODE', 'It has memory that is writable and executable.');
  says(facts.hardening.textRelocations, 'TEXT_RELOCATIONS', 'Loading it writes into memory that is read-only.');
  if (role === 'program') return faults;
  // The C library of a static program starts and ends itself.
  const hooks = facts.constructors + facts.destructors;
  says(hooks > 0, 'HAS_CONSTRUCTORS', `It runs ${hooks} functions by itself when it is loaded or unloaded.`);
  says(role === 'library' && facts.hardening.relro !== 'full', 'RELRO_MISSING', 'What a loader writes stays writable.');
  const names = required.flatMap((abi): readonly string[] => abis[abi]);
  const missing = names.filter((name) => !facts.exported.includes(name));
  says(missing.length > 0, 'SYMBOL_MISSING', `It lacks ${someOf(missing)}.`);
  const strange = facts.exported.filter((name) => !/^(df|network)_/.test(name));
  says(strange.length > 0, 'SYMBOL_UNEXPECTED', `It defines ${someOf(strange)} for others, which is not of the ABI.`);
  return faults;
}
