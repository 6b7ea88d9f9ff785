import { awsError } from '../aws/aws-error.ts';
import { CliError } from '../cli-error.ts';
import { checks } from './checks/index.ts';
import { type Finding, type Found, failed, skipped } from './finding.ts';
import type { Check, Patient } from './patient.ts';

/** Makes every check, one after the other, and tells each finding as soon as it is there. Never throws. */
export async function examine(patient: Patient, tell: (finding: Finding) => void): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of checks) {
    for (const found of await examineOne(check, patient)) {
      const finding = { check: check.name, ...found };
      findings.push(finding);
      tell(finding);
    }
  }
  return findings;
}

async function examineOne(check: Check, patient: Patient): Promise<readonly Found[]> {
  try {
    const found = await check.examine(patient);
    return Array.isArray(found) ? found : [found as Found]; // isArray forgets readonly arrays
  } catch (error) {
    if (patient.cloud.aws.endpoint && isNotThere(error))
      return [skipped(`the embedded cloud has no ${check.service ?? 'such service'}`)];
    const { message, action } = awsError(error, check.name);
    return [failed(message, action ?? 'Try again.')];
  }
}

/** How the embedded cloud says that it has no such service or action; some clients can only read the status of that. */
function isNotThere(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof CliError) return false;
  const { $metadata: metadata } = error as { $metadata?: { httpStatusCode?: number } }; // of the SDK's errors
  return metadata?.httpStatusCode === 501 || ['UnknownService', 'UnknownOperationException'].includes(error.name);
}
