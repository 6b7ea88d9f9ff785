/** What Greengrass keeps, in the embedded cloud's SQLite file: every change is on the disk before it is answered. */
import type { Database } from '../state/database.ts';
import type { Recipe } from './recipe.ts';

export interface Component {
  readonly arn: string;
  readonly name: string;
  readonly version: string;
  readonly recipe: Recipe;
  /** SHA-256 in base64 by artifact URI, taken when the version was created. */
  readonly digests: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Seconds since 1970, as the API speaks of time. */
  readonly createdAt: number;
}

export interface Deployment {
  readonly deploymentId: string;
  readonly targetArn: string;
  readonly deploymentName: string;
  readonly components: Readonly<Record<string, { readonly componentVersion: string }>>;
  readonly deploymentPolicies: { readonly failureHandlingPolicy?: 'ROLLBACK' | 'DO_NOTHING' };
  readonly clientToken?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly status: 'ACTIVE' | 'CANCELED';
  readonly revision: number;
  readonly createdAt: number;
}

/** How far one device is with one deployment. */
export interface Execution {
  readonly thing: string;
  readonly deploymentId: string;
  readonly status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'CANCELED';
  readonly reason: string;
  readonly modifiedAt: number;
}

/** Versions by component name. */
export type Versions = Readonly<Record<string, string>>;

export interface Store {
  component(arn: string): Component | undefined;
  componentVersions(name: string): Component[];
  putComponent(component: Component): void;
  deployment(id: string): Deployment | undefined;
  /** Newest first. */
  deployments(): Deployment[];
  /** The newest deployment to a target. */
  latestDeployment(targetArn: string): Deployment | undefined;
  putDeployment(deployment: Deployment): void;
  execution(thing: string, deploymentId: string): Execution | undefined;
  executions(thing: string): Execution[];
  putExecution(execution: Execution): void;
  installed(thing: string): Versions;
  putInstalled(thing: string, versions: Versions): void;
}

export function openStore(database: Database): Store {
  database.exec(`
    CREATE TABLE IF NOT EXISTS greengrass_documents (
      kind TEXT, id TEXT, number REAL, document TEXT, PRIMARY KEY (kind, id)
    ) STRICT;
  `);
  const get = database.prepare('SELECT document FROM greengrass_documents WHERE kind = ? AND id = ?');
  const all = database.prepare('SELECT document FROM greengrass_documents WHERE kind = ? ORDER BY number');
  const count = database.prepare('SELECT count(*) AS documents FROM greengrass_documents WHERE kind = ?');
  const newest = database.prepare(`SELECT document FROM greengrass_documents
    WHERE kind = 'deployment' AND document ->> 'targetArn' = ? ORDER BY number DESC LIMIT 1`);
  const put = database.prepare('INSERT OR REPLACE INTO greengrass_documents VALUES (?, ?, ?, ?)');
  const read = <Kind>(kind: string, id: string) => {
    const row = get.get(kind, id);
    return row && (JSON.parse(String(row.document)) as Kind); // written below from the same type
  };
  const list = <Kind>(kind: string) => all.all(kind).map((row) => JSON.parse(String(row.document)) as Kind); // the same
  const write = (kind: string, id: string, document: unknown, number = 0) =>
    void put.run(kind, id, number, JSON.stringify(document));
  return {
    component: (arn) => read<Component>('component', arn),
    componentVersions: (name) =>
      list<Component>('component')
        .filter((component) => component.name === name)
        .reverse(),
    putComponent: (component) =>
      write('component', component.arn, component, Number(count.get('component')?.documents)),
    deployment: (id) => read<Deployment>('deployment', id),
    deployments: () => list<Deployment>('deployment').reverse(),
    latestDeployment(targetArn) {
      const row = newest.get(targetArn);
      return row && (JSON.parse(String(row.document)) as Deployment); // written below from the same type
    },
    putDeployment: (deployment) => write('deployment', deployment.deploymentId, deployment, deployment.revision),
    execution: (thing, deploymentId) => read<Execution>('execution', `${thing} ${deploymentId}`),
    executions: (thing) => list<Execution>('execution').filter((execution) => execution.thing === thing),
    putExecution: (execution) =>
      write('execution', `${execution.thing} ${execution.deploymentId}`, execution, execution.modifiedAt),
    installed: (thing) => read<Versions>('installed', thing) ?? {},
    putInstalled: (thing, versions) => write('installed', thing, versions),
  };
}
