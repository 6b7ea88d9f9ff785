import { onSignedHttp } from '@dropforge/handler-kit';
import { createSlackPorts } from './adapters.ts';
import { takeInteraction } from './take-interaction.ts';

/** Apart from the API's own handler: it must answer in three seconds, also when it has just been loaded. */
export const slackInteractions = onSignedHttp(takeInteraction, createSlackPorts);
