import type { FileLink, ModelView, Progress } from '@dropforge/api-contract';
import type { DeviceStore } from '@dropforge/pipeline-state';

/** What this service needs of the world, in its own words. */
export interface Ports {
  readonly devices: Pick<DeviceStore, 'list'>;
  /** How far a training job is; undefined: it has not said so yet. */
  progressOf(jobName: string): Promise<Progress | undefined>;
  readonly files: {
    /** Throws when the bucket does not answer. */
    check(): Promise<void>;
    /** A link for a PUT of one object, and until when it holds. */
    uploadLink(key: string): Promise<{ url: string; expiresAt: string }>;
    /** Links to everything below these prefixes, names without the prefix. */
    links(prefixes: readonly string[]): Promise<FileLink[]>;
  };
  readonly models: {
    list(): Promise<string[]>;
    read(modelId: string): Promise<ModelView | undefined>;
  };
}
