import { readFileSync } from 'node:fs';
import { slackInteractions } from '@dropforge/api-contract';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

it('asks for no more than messages need, and sends clicks to the route that takes them', () => {
  const manifest = parse(readFileSync(new URL('../../../../docs/slack-app-manifest.yaml', import.meta.url), 'utf8'));
  expect(manifest.oauth_config.scopes).toEqual({ bot: ['chat:write'] });
  const { is_enabled: isEnabled, request_url: url } = manifest.settings.interactivity;
  expect([isEnabled, new URL(url).protocol, new URL(url).pathname]).toEqual([true, 'https:', slackInteractions.path]);
  expect(manifest.settings).toMatchObject({ socket_mode_enabled: false, token_rotation_enabled: false });
  const { name, description } = manifest.display_information;
  expect(name.length).toBeLessThanOrEqual(35);
  expect(description.length).toBeLessThanOrEqual(140);
});
