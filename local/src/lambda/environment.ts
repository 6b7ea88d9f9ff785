/** The variables that a function finds: the process's few, the runtime's own, the embedded cloud's, and the function's. */
import type { Credentials } from '../access/identities.ts';
import type { FunctionDescription } from '../serverless-file/description.ts';

/** Kept from this process; everything else, AWS profiles above all, stays outside. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL'];

export function functionEnvironment(
  description: FunctionDescription,
  cloud: Record<string, string>,
  credentials: Credentials,
): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...Object.fromEntries(inherited),
    TZ: ':UTC',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
    AWS_LAMBDA_FUNCTION_NAME: description.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(description.memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    _HANDLER: `${description.handlerFile}.${description.handlerExport}`,
    // Nothing here reads traces or metrics; without this Powertools fills the log with both.
    POWERTOOLS_TRACE_ENABLED: 'false',
    POWERTOOLS_METRICS_DISABLED: 'true',
    // And following every promise for them would take a third of the time.
    AWS_XRAY_MANUAL_MODE: 'true',
    ...cloud,
    // A key of its own, as its role gives it one: every request says whose it is.
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...description.environment,
  };
}
