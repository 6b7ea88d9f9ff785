import { deploymentStarted, greengrassDeploymentStatusChange, modelApproved, modelValidated } from '@dropforge/events';
import { onAgentReport, onEvent, onExternalEvent } from '@dropforge/handler-kit';
import { createPorts } from './adapters.ts';
import { concludeDeployment as conclude } from './conclude-deployment.ts';
import { recordDeploymentStatus as recordStatus } from './record-deployment-status.ts';
import { recordReport as keepReport } from './record-report.ts';
import { requestDeployment as request } from './request-deployment.ts';
import { startDeployment as start } from './start-deployment.ts';

export const requestDeployment = onEvent(modelValidated, request, createPorts);
export const startDeployment = onEvent(modelApproved, start, createPorts);
export const concludeDeployment = onEvent(deploymentStarted, conclude, createPorts);
export const recordReport = onAgentReport(keepReport, createPorts);
export const recordDeploymentStatus = onExternalEvent(greengrassDeploymentStatusChange, recordStatus, createPorts);
