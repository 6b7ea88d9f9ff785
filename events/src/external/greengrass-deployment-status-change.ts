import { z } from 'zod';

const DeploymentId = z.string().transform((id) => id.trim());

/**
 * "Greengrass V2 Effective Deployment Status Change": best effort, repeated, unordered. The id's name has changed
 * between versions of the page, samples carry a leading space, and the core device stands only in `resources`.
 * https://docs.aws.amazon.com/greengrass/v2/developerguide/deployment-status-notifications.html
 */
export const greengrassDeploymentStatusChange = {
  source: 'aws.greengrass',
  detailType: 'Greengrass V2 Effective Deployment Status Change',
  detail: z
    .object({
      deploymentId: DeploymentId.optional(),
      'deployment-id': DeploymentId.optional(),
      coreDeviceExecutionStatus: z.string().min(1),
      statusDetails: z
        .object({
          errorStack: z.array(z.string()).optional(),
          errorTypes: z.array(z.string()).optional(),
        })
        .optional(),
      reason: z.string().optional(),
    })
    .transform(({ 'deployment-id': dashed, deploymentId, ...rest }) => ({
      ...rest,
      deploymentId: deploymentId || dashed || '',
    })),
} as const;
export type GreengrassDeploymentStatusChange = z.output<typeof greengrassDeploymentStatusChange.detail>;

/** The thing's name from `arn:aws:greengrass:R:A:coreDevices:NAME` (or with a slash, as some samples have it). */
export function coreDeviceOf(resources: readonly string[]): string | undefined {
  for (const arn of resources) {
    const match = /:coreDevices[:/](?<name>[^:/]+)$/.exec(arn);
    if (match?.groups?.name) return match.groups.name;
  }
  return undefined;
}
