// SPDX-License-Identifier: Apache-2.0

import { alertName } from './alert-name.ts';
import { yamlText } from './yaml-text.ts';

/** Leads nowhere: names below `invalid` never exist (RFC 6761). */
const PLACEHOLDER = 'https://put-your-receiver-here.invalid/';

const HEADER = `# Parts of a configuration of Alertmanager: take the route, the receiver and the inhibition into yours.
# By itself it is a whole one, so that 'amtool check-config' reads it. Instead of a webhook, a receiver may be
# email_configs, slack_configs, pagerduty_configs and others.
`;

/**
 * A configuration of Alertmanager that takes the alerts to a receiver of their own.
 *
 * @param receiverUrl where its webhook posts to; absent: a placeholder that leads nowhere
 */
export function renderAlertmanager(receiverUrl: string = PLACEHOLDER): string {
  return `${HEADER}${yamlText({
    route: {
      receiver: 'default',
      routes: [
        {
          matchers: ['alertname=~"Selvage.*"'],
          receiver: 'selvage',
          group_by: ['alertname', 'namespace', 'node'],
          group_wait: '30s',
          group_interval: '5m',
          repeat_interval: '12h',
          routes: [{ matchers: ['severity="critical"'], group_wait: '10s', repeat_interval: '1h' }],
        },
      ],
    },
    receivers: [
      { name: 'default' },
      { name: 'selvage', webhook_configs: [{ url: receiverUrl, send_resolved: true }] },
    ],
    // A node that is down has no ready flannel pod: the one message says it all.
    inhibit_rules: [
      {
        source_matchers: [`alertname="${alertName('node-not-ready')}"`],
        target_matchers: [`alertname="${alertName('flannel-pod-missing')}"`],
        equal: ['node'],
      },
    ],
  })}`;
}
