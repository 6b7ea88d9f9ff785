import { DeployError } from './deploy-error.ts';
import type { Template } from './finish-template.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const mostResources = 500;
const mostTemplateBytes = 1_000_000;
/** A function that loads no library of the machine starts fast only while it is small. */
const mostZipBytes = 1_000_000;
/** Holds an image library for Lambda's processor. */
const withLibraries: readonly string[] = ['dataset-validator-validate'];

/** @throws DeployError PACKAGE_TOO_LARGE for what AWS would refuse or what would start slowly. */
export function checkPackage(
  template: Template,
  zips: readonly { readonly name: string; readonly bytes: number }[],
): { resources: number; bytes: number } {
  const resources = Object.keys(template.Resources).length;
  const bytes = Buffer.byteLength(JSON.stringify(template));
  const faults = [
    ...(resources > mostResources ? [`${resources} resources, of which CloudFormation takes ${mostResources}`] : []),
    ...(bytes > mostTemplateBytes
      ? [`a template of ${bytes} bytes, of which CloudFormation takes ${mostTemplateBytes}`]
      : []),
    ...zips
      .filter((zip) => zip.bytes > mostZipBytes && !withLibraries.includes(zip.name))
      .map((zip) => `${zip.name} with ${zip.bytes} bytes; ours have at most ${mostZipBytes}`),
  ];
  if (faults.length === 0) return { resources, bytes };
  throw new DeployError(
    'PACKAGE_TOO_LARGE',
    `Too large: ${faults.join('; ')}.`,
    'See `npm run bench -- bundles` for what is in each function.',
  );
}
