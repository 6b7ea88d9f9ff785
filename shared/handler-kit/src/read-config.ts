import type { z } from 'zod';
import { ConfigError } from './errors.ts';

/** Reads a service's settings from the environment once, typed; all faults are named at once. */
export function readConfig<Schema extends z.ZodType>(schema: Schema, environment: NodeJS.ProcessEnv = process.env) {
  const result = schema.safeParse(environment);
  if (result.success) return result.data as z.output<Schema>; // safeParse widens generics to unknown
  const faults = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigError(`The function's environment is incomplete. Set in service.yml: ${faults.join('; ')}`);
}
