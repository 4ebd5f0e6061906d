import { describe, expect, test } from 'vitest';
import type { Notice, Target } from '../../domain/notice.js';
import { slackNotifier } from '../../notifiers/slack.js';
import { slackMessage } from '../../notifiers/slack-message.js';
import { aNotice, targets } from '../support/notices.js';
import { withSlack, type FakeSlack } from '../support/slack.js';

const token = 'xoxb-test';

interface Sent {
  notice?: Notice;
  target?: Target;
  look?: 'look' | 'send';
  limit?: number;
}

async function send(slack: FakeSlack, { notice, target, look, limit }: Sent = {}) {
  const notifier = slackNotifier({ token, apiUrl: slack.apiUrl, limit: limit ?? 20_000 });
  return notifier.send(target ?? targets.slack, notice ?? aNotice(), look ?? 'send');
}

function methods(slack: FakeSlack): string[] {
  return slack.calls.map(({ method }) => method);
}

describe('a Slack message', () => {
  test('says word and shape of its severity and has a text for those who hear it', async () => {
    await withSlack(async (slack) => {
      expect(await send(slack)).toEqual({
        outcome: 'sent',
        ref: 'C0ML/1763812800.000100',
        refused: [],
      });
      const [call] = slack.calls;
      expect(call?.authorization).toBe(`Bearer ${token}`);
      expect(call?.params).toMatchObject({ channel: '#ml', unfurl_links: 'false', parse: 'none' });
      const [message] = slack.messages;
      expect(message?.text).toContain('■ critical · [churn] drift');
      expect(message?.metadata).toEqual({
        event_type: 'aftercare_notice',
        event_payload: { deliveryId: aNotice().deliveryId },
      });
    });
  });

  test.each([
    ['critical', 'CRITICAL: churn income drifted', '■ CRITICAL: churn income drifted'],
    ['warning', 'WARNING 2/5: churn', '▲ WARNING 2/5: churn'],
    ['info', 'ACKNOWLEDGED: churn', '◆ ACKNOWLEDGED: churn'],
    ['info', '[churn] rejected', '◆ information · [churn] rejected'],
  ] as const)('of %s says once how bad it is: %s', (severity, subject, title) => {
    const { text, blocks } = slackMessage(aNotice({ severity, subject }));
    expect(text).toBe(title);
    expect(blocks[0]).toMatchObject({ type: 'header', text: { text: title } });
  });

  test('keeps within the limits of Slack, and no entity is cut in half', () => {
    const { text, blocks } = slackMessage(
      aNotice({
        subject: '<'.repeat(400),
        text: '&'.repeat(2_800),
        facts: Array.from({ length: 30 }, () => ({ label: 'x'.repeat(500), value: 'y' })),
      }),
    );
    const [header, section, facts] = blocks;
    expect(header?.type === 'header' && header.text.text.length).toBe(150);
    const body = section?.type === 'section' && 'text' in section ? section.text.text : '';
    expect(body.length).toBeLessThanOrEqual(2_800);
    expect(body.replaceAll('&amp;', '')).toBe('…');
    expect(text.replaceAll('&lt;', '')).toMatch(/^■ critical · …?$/);
    expect(facts?.type === 'section' && 'fields' in facts && facts.fields.length).toBe(10);
  });

  test('answers in its thread, by the id of the channel that the first one went to', async () => {
    await withSlack(async (slack) => {
      const root = await send(slack);
      const threadRef = root.outcome === 'sent' ? root.ref : '';
      const notice = aNotice({ deliveryId: 'reply.1', form: 'reply', threadRef });
      expect((await send(slack, { notice })).outcome).toBe('sent');
      const [first, reply] = slack.messages;
      expect(reply?.thread_ts).toBe(first?.ts);
      expect(slack.calls[1]?.params['channel']).toBe('C0ML');
    });
  });

  test('that fires again is pushed in its thread and shown in the channel too', async () => {
    await withSlack(async (slack) => {
      const root = await send(slack);
      const threadRef = root.outcome === 'sent' ? root.ref : '';
      const notice = aNotice({ deliveryId: 'reopened.1', form: 'new', threadRef });
      expect((await send(slack, { notice })).outcome).toBe('sent');
      expect(slack.messages[1]?.thread_ts).toBe(slack.messages[0]?.ts);
      expect(slack.calls[0]?.params['reply_broadcast']).toBeUndefined();
      expect(slack.calls[1]?.params['reply_broadcast']).toBe('true');
    });
  });

  test('is changed in place, and a repeat of the change is harmless', async () => {
    await withSlack(async (slack) => {
      const root = await send(slack);
      const threadRef = root.outcome === 'sent' ? root.ref : '';
      const edit = aNotice({
        deliveryId: 'edit.1',
        form: 'edit',
        threadRef,
        subject: 'all is well',
      });
      slack.script(['500'], 'chat.update');
      expect((await send(slack, { notice: edit })).outcome).toBe('failed');
      expect(await send(slack, { notice: edit })).toEqual({
        outcome: 'sent',
        ref: threadRef,
        refused: [],
      });
      expect(slack.messages).toHaveLength(1);
      expect(slack.messages[0]?.text).toContain('all is well');
    });
  });

  test('that somebody deleted is followed by a new first one', async () => {
    await withSlack(async (slack) => {
      const root = await send(slack);
      const threadRef = root.outcome === 'sent' ? root.ref : '';
      slack.messages.length = 0;
      slack.channels.set('other', 'C0OTHER');
      const edit = aNotice({ deliveryId: 'edit.1', form: 'edit', threadRef });
      const delivered = await send(slack, { notice: edit });
      expect(delivered.outcome).toBe('sent');
      expect(methods(slack)).toEqual(['chat.postMessage', 'chat.update', 'chat.postMessage']);
      expect(slack.messages[0]?.thread_ts).toBeNull();
    });
  });

  test.each(['cant_update_message', 'edit_window_closed'])(
    'that may not be changed (%s) is followed by a new first one',
    async (word) => {
      await withSlack(async (slack) => {
        slack.script([word], 'chat.update');
        const edit = aNotice({ form: 'edit', threadRef: 'C0ML/1.2' });
        expect(await send(slack, { notice: edit })).toMatchObject({ outcome: 'sent' });
        expect(slack.messages).toHaveLength(1);
      });
    },
  );
});

describe('what Slack answers', () => {
  test.each([
    ['429', { outcome: 'failed', retryAfter: 7_000 }],
    ['429-no-header', { outcome: 'failed', retryAfter: 30_000 }],
    ['503', { outcome: 'failed', retryAfter: null }],
    ['service_unavailable', { outcome: 'failed', retryAfter: null }],
    ['ratelimited', { outcome: 'failed', retryAfter: 30_000 }],
    ['500', { outcome: 'doubtful' }],
    ['internal_error', { outcome: 'doubtful' }],
    ['fatal_error', { outcome: 'doubtful' }],
    ['drop', { outcome: 'doubtful' }],
    ['drop-after-accept', { outcome: 'doubtful' }],
    ['channel_not_found', { outcome: 'refused', reason: 'slack: posting: channel_not_found' }],
    ['invalid_auth', { outcome: 'refused' }],
    ['token_revoked', { outcome: 'refused' }],
    ['not_in_channel', { outcome: 'refused' }],
    ['is_archived', { outcome: 'refused' }],
  ])('%s is read as it is meant, after one call', async (step, expected) => {
    await withSlack(async (slack) => {
      slack.script([step]);
      expect(await send(slack)).toMatchObject(expected);
      expect(methods(slack)).toEqual(['chat.postMessage']);
    });
  });
});

describe('a delivery in doubt', () => {
  test('that Slack had stored is found, and no second one is posted', async () => {
    await withSlack(async (slack) => {
      slack.script(['drop-after-accept']);
      expect((await send(slack)).outcome).toBe('doubtful');
      // Others write, too: the look-up pages through them.
      for (let index = 0; index < 5; index++) {
        await send(slack, { notice: aNotice({ deliveryId: `other.${index}` }) });
      }
      const posts = slack.messages.length;
      const later = aNotice({ at: aNotice().at + 3_600_000 });
      expect(await send(slack, { notice: later, look: 'look' })).toEqual({
        outcome: 'sent',
        ref: 'C0ML/1763812800.000100',
        refused: [],
      });
      expect(slack.messages).toHaveLength(posts);
    });
  });

  test('that never arrived is posted once', async () => {
    await withSlack(async (slack) => {
      slack.script(['drop']);
      expect((await send(slack)).outcome).toBe('doubtful');
      expect((await send(slack, { look: 'look' })).outcome).toBe('sent');
      expect(slack.messages).toHaveLength(1);
    });
  });

  test('of a thread is found among its replies', async () => {
    await withSlack(async (slack) => {
      const root = await send(slack);
      const threadRef = root.outcome === 'sent' ? root.ref : '';
      const reply = aNotice({ deliveryId: 'reply.1', form: 'reply', threadRef });
      slack.script(['drop-after-accept']);
      expect((await send(slack, { notice: reply })).outcome).toBe('doubtful');
      expect((await send(slack, { notice: reply, look: 'look' })).outcome).toBe('sent');
      expect(slack.messages).toHaveLength(2);
    });
  });

  test('to a person is looked up in their direct channel', async () => {
    await withSlack(async (slack) => {
      const target: Target = { channel: 'slack', address: 'U0ANA' };
      slack.script(['drop-after-accept']);
      expect((await send(slack, { target })).outcome).toBe('doubtful');
      const found = await send(slack, { target, look: 'look' });
      expect(found).toMatchObject({ outcome: 'sent', ref: 'DU0ANA/1763812800.000100' });
      expect(slack.messages).toHaveLength(1);
    });
  });

  test('is posted again where the bot may not read', async () => {
    await withSlack(async (slack) => {
      slack.script(['missing_scope'], 'conversations.history');
      expect((await send(slack, { look: 'look' })).outcome).toBe('sent');
      expect(slack.messages).toHaveLength(1);
    });
  });

  test('waits while it cannot be looked up', async () => {
    await withSlack(async (slack) => {
      slack.script(['500'], 'conversations.history');
      expect((await send(slack, { look: 'look' })).outcome).toBe('failed');
      expect(slack.messages).toHaveLength(0);
    });
  });
});
