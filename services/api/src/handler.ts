import { onHttp } from '@dropforge/handler-kit';
import { createPorts } from './adapters.ts';
import { routeTable } from './route-table.ts';

export const api = onHttp(routeTable, createPorts);
