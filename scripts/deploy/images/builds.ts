/** CodeBuild, as far as building images asks it anything. */
import { BatchGetBuildsCommand, CodeBuildClient, StartBuildCommand } from '@aws-sdk/client-codebuild';
import { DeployError } from '../deploy-error.ts';
import { explainAwsError } from '../explain-aws-error.ts';

/** https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Build.html */
export interface Build {
  /** IN_PROGRESS, or how it ended. */
  readonly status: string;
  readonly phase: string;
  /** What its failed phases say. */
  readonly reasons: readonly string[];
  /** A page that shows the log. */
  readonly log?: string;
}

export interface Builds {
  /** Starts a build of a zip at `<bucket>/<key>` with environment variables; gives its id. */
  start(project: string, source: string, variables: Readonly<Record<string, string>>): Promise<string>;
  look(id: string): Promise<Build>;
}

/** Every method throws DeployError for what a person can put right. */
export function createBuilds(region: string): Builds {
  const client = new CodeBuildClient({ region, maxAttempts: 5 });
  return {
    async start(projectName, sourceLocationOverride, variables) {
      try {
        const environmentVariablesOverride = Object.entries(variables).map(([name, value]) => ({ name, value }));
        const { build } = await client.send(
          new StartBuildCommand({
            projectName,
            sourceTypeOverride: 'S3',
            sourceLocationOverride,
            environmentVariablesOverride,
          }),
        );
        return build?.id ?? '';
      } catch (error) {
        throw explainRefusal(explainAwsError(error, region), projectName);
      }
    },
    async look(id) {
      try {
        const { builds: [build] = [] } = await client.send(new BatchGetBuildsCommand({ ids: [id] }));
        const failed = (build?.phases ?? []).filter(
          ({ phaseStatus = 'SUCCEEDED' }) => !['SUCCEEDED', 'IN_PROGRESS'].includes(phaseStatus),
        );
        return {
          status: build?.buildStatus ?? 'IN_PROGRESS', // it was started a moment ago and is not to be seen yet
          phase: build?.currentPhase ?? 'SUBMITTED',
          reasons: failed.flatMap(({ phaseType, contexts = [] }) =>
            contexts.flatMap(({ message }) => (message ? [`${phaseType}: ${message}`] : [])),
          ),
          ...(build?.logs?.deepLink ? { log: build.logs.deepLink } : {}),
        };
      } catch (error) {
        throw explainAwsError(error, region);
      }
    },
  };
}

/** https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html */
function explainRefusal(error: unknown, project: string): unknown {
  if (!(error instanceof Error) || error instanceof DeployError) return error;
  const action = {
    AccountLimitExceededException: 'Wait for the other builds of the account, or stop them, then run this again.',
    ResourceNotFoundException: 'Deploy this checkout, which makes the project, then run this again.',
  }[error.name];
  return action ? new DeployError('BUILD_REFUSED', `${project}: ${error.message}`, action) : error;
}
