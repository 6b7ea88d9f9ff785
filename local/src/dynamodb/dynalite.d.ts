/** The part of dynalite that is used: a server object that is never listened on, only handed requests. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    /** Folder of the LevelDB store. */
    path: string;
    /** How long a table stays CREATING, in milliseconds. */
    createTableMs: number;
  }

  export default function dynalite(options: DynaliteOptions): Server;
}
