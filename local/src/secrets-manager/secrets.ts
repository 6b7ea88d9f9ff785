/** Secrets of the stack, in `<directory>/secrets.json`, which people may edit: {"<name>": "<value>"}. */
import { randomInt } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SecretDescription } from '../serverless-file/description.ts';

export interface Secrets {
  /** By name or ARN; `value` is undefined for a secret that was never given one. */
  find(id: string): { secret: SecretDescription; value: string | undefined } | undefined;
  set(name: string, value: string): void;
}

/** Generates what is to be generated and is not there yet; the file is readable by its owner alone. */
export function openSecrets(directory: string, descriptions: SecretDescription[]): Secrets {
  const file = path.join(directory, 'secrets.json');
  const values = read(file);
  for (const secret of descriptions) {
    const value = secret.value ?? (Object.keys(secret.generate).length > 0 ? generate(secret.generate) : undefined);
    if (value !== undefined) values[secret.name] ??= value;
  }
  write(file, values);
  return {
    find(id) {
      const secret = descriptions.find(({ name, arn }) => name === id || arn === id);
      return secret === undefined ? undefined : { secret, value: read(file)[secret.name] };
    },
    set(name, value) {
      write(file, { ...read(file), [name]: value });
    },
  };
}

function read(file: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // The first start: there is no file yet.
    return {};
  }
  const values: unknown = JSON.parse(text);
  const entries = typeof values === 'object' && values !== null ? Object.entries(values) : [];
  // Whoever edits the file may write a structure where AWS keeps JSON text.
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

function write(file: string, values: Record<string, string>): void {
  const temporary = `${file}.new`;
  writeFileSync(temporary, `${JSON.stringify(values, null, 2)}\n`, { mode: 0o600 });
  chmodSync(temporary, 0o600);
  renameSync(temporary, file);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-secretsmanager-secret-generatesecretstring.html */
function generate(options: Record<string, unknown>): string {
  const length = typeof options.PasswordLength === 'number' ? options.PasswordLength : 32;
  const excluded = typeof options.ExcludeCharacters === 'string' ? options.ExcludeCharacters : '';
  const punctuation = options.ExcludePunctuation === true ? '' : '!#$%&()*+,-./:;<=>?@[]^_{|}~';
  const alphabet = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789${punctuation}`;
  const allowed = [...alphabet].filter((character) => !excluded.includes(character));
  const password = Array.from({ length }, () => allowed[randomInt(allowed.length)]).join('');
  if (typeof options.SecretStringTemplate !== 'string') return password;
  return JSON.stringify({ ...JSON.parse(options.SecretStringTemplate), [String(options.GenerateStringKey)]: password });
}
