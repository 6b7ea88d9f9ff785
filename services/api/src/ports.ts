import type { FileLink, ModelView, Progress } from '@dropforge/api-contract';
import type { DeviceStore, Run } from '@dropforge/pipeline-state';
import type { WebhookStore } from '@dropforge/pipeline-state/webhooks';

/** What this service needs of the world, in its own words. */
export interface Ports {
  readonly devices: Pick<DeviceStore, 'list'>;
  /** How far the training job of a run's attempt is; undefined: it has not said so yet. */
  progressOf(run: Pick<Run, 'runId' | 'attempt'>): Promise<Progress | undefined>;
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
  readonly webhooks: {
    readonly store: Pick<WebhookStore, 'list' | 'add' | 'remove'>;
    /** What every webhook's secret is made of. */
    stackKey(): Promise<string>;
    /** The address of this machine to which a test may have webhooks sent. */
    readonly testAddress: string | undefined;
  };
}
