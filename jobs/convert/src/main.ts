/** The conversion job as a program: `SAGEMAKER_BASE_DIR` names the root, `/opt/ml` by default. */
import { JobFailure } from './job/job-failure.ts';
import { jobLayout } from './job/layout.ts';
import { nativeToolchain } from './job/native-toolchain.ts';
import { runJob, writeMessage } from './job/run-job.ts';

/** Exit code of a program that SIGTERM ended, as shells count. */
const TERMINATED = 143;

const root = process.env.SAGEMAKER_BASE_DIR ?? '/opt/ml';

// SageMaker stops a job with SIGTERM and waits: say so before going. Compilers that still run end by their own limits.
process.once('SIGTERM', () => {
  const stopped = new JobFailure('killed', 'STOPPED', 'The job was stopped.', 'Start it again.');
  void writeMessage(jobLayout(root), stopped.toJson()).finally(() => process.exit(TERMINATED));
});

process.exitCode = await runJob(root, nativeToolchain(), (line) => console.log(line));
