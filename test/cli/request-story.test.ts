import { expect, test } from 'vitest';
import { requestTable, storyText } from '../../cli/request-story.js';
import type { AdviceEvidence } from '../../activities/advise.js';
import { requestNotice } from '../../domain/requests/request-text.js';
import * as w from '../domain/retrain-world.js';

const plain = (text: string): string => text.replaceAll(/\u001b\[\d+m/g, '');
const long = 'the new zone has been in the data since October and it is a third of all orders now';

function newest(world: ReturnType<typeof w.world>) {
  const request = world.state?.requests[0];
  if (request === undefined) throw new Error('no request');
  return request;
}

test('until when is said only of what is awaited', () => {
  const world = w.world();
  w.decide(world, w.advise());
  const lineOf = () => plain(requestTable([newest(world)], world.at)).split('\n')[1] ?? '';
  expect(lineOf()).toMatch(/requested .*decide in 7d$/);
  w.decide(world, w.act(world, 'approve', 'ana'));
  expect(lineOf()).toMatch(/cooling .*starts in 5m$/);
  w.run(world, w.start + w.day);
  expect(lineOf()).toMatch(/succeeded .*policy:advice +–$/);
});

test('a training is waited for as long as its time limit says', () => {
  const world = w.world({ respond: () => null });
  w.decide(world, w.advise());
  w.decide(world, w.act(world, 'approve', 'ana'));
  // It cools for five minutes, then the command may take six hours.
  w.run(world, w.start + 5 * w.minute);
  const lineAt = (at: number) => plain(requestTable([newest(world)], at)).split('\n')[1] ?? '';
  const begun = w.start + 5 * w.minute;
  expect(newest(world)).toMatchObject({ status: 'executing', training: { startedAt: begun } });
  expect(lineAt(begun)).toMatch(/executing .*train in 6h$/);
  expect(lineAt(begun + 5.5 * w.hour)).toMatch(/executing .*train in 30m$/);
  expect(lineAt(begun + 6 * w.hour)).toMatch(/executing .*time is up$/);
});

test("a person's reason is why there is a request, in the list and in the subject", () => {
  const world = w.world();
  w.decide(world, w.openBy(world, 'ana'));
  const request = { ...newest(world), reason: long };
  expect(plain(requestTable([request], world.at))).toContain('the new zone has been');
  const [effect] = w.effects(world, 'notice');
  if (effect === undefined) throw new Error('nobody was told');
  const given = {
    effect: { ...effect, request },
    advice: null,
    rules: w.rules(),
    timezone: 'UTC',
    at: world.at,
  };
  expect(requestNotice(given).subject).toContain('(eta#1): the new zone has been in the data');
});

test('the whole story of a request fits into 80 columns and loses no word', () => {
  const world = w.world();
  w.decide(world, w.advise());
  w.decide(world, w.act(world, 'approve', 'ana', { reason: long }));
  w.run(world, w.start + w.day);
  const audit = world.audits.map((record) => ({ ...record, reason: record.reason ?? null }));
  const reasons = [{ text: `${long}; ${long}`, findings: [] }];
  const trainOn = { sentence: `Train on: rows from 2026-10-01 on, for ${long}.` };
  const advice = { action: 'retrain', reasons, blockers: [], window: w.start, trainOn } as const;
  const evidence = { advice, run: 'eta@2026-11-02T00:00:00Z/1' } as unknown as AdviceEvidence;
  const rest = { evidence, audit, deliveries: [], rules: null, timezone: 'UTC' };
  const text = plain(storyText({ request: newest(world), ...rest }, world.at));
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  const flat = text.replaceAll(/\s+/g, ' ');
  expect(flat).toContain(`Approved by ana at 2026-11-02 09:00 UTC: ${long}`);
  expect(flat).toContain(`${long}; ${long}`);
  expect(flat).toContain(trainOn.sentence);
  expect(text).toMatch(/Gate: passed/);
});

test('the story of a request that waits says who decides by when and what is still needed', () => {
  const approvers = { approvers: ['ana', 'bo', 'cy', 'di'] };
  const quorum = [{ role: 'approvers', count: 2 }];
  const rules = w.rules({ approvers, approvals: { quorum } });
  const world = w.world({ rules: { r1: rules } });
  w.decide(world, w.openBy(world, 'ana'));
  const deliveries = world.decisions
    .flatMap(({ writes }) => writes)
    .flatMap((write) => (write.kind === 'delivery' ? write.record : []));
  const told = (): string => {
    const advice = { action: 'none', reasons: [], blockers: [], window: w.start } as const;
    const evidence = { advice, run: 'r' } as unknown as AdviceEvidence;
    const rest = { evidence, audit: [], deliveries, rules, timezone: 'UTC' };
    return plain(storyText({ request: newest(world), ...rest }, world.at));
  };
  const decides = 'Who decides: 2 of approvers (bo, cy, di) by 2026-11-09 09:00 UTC.';
  expect(told()).toContain(decides);
  expect(told()).toMatch(/Notices\n AT .*\n 2026-11-02 09:00 UTC {2}email:bo@example.com .*opened/);
  w.decide(world, w.act(world, 'approve', 'bo'));
  expect(told()).toContain(decides);
  expect(told()).toContain('Approved so far by: bo; 1 more approval is needed (cy, di).');
  expect(told()).not.toContain('aftercare cancel');
  w.decide(world, w.act(world, 'approve', 'cy'));
  expect(told()).not.toContain('Who decides');
  expect(told()).toContain(' aftercare cancel eta#1 --as <you> --reason "…"');
});
