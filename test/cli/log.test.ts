import { expect, test } from 'vitest';
import { logOf, type LogFormat } from '../../cli/log.js';

function lines(options: { level: string; format: LogFormat }, say: (log: Log) => void): string[] {
  const written: string[] = [];
  say(logOf(options, (line) => written.push(line)));
  return written;
}
type Log = ReturnType<typeof logOf>;

const failure = new Error('no such file', { cause: new Error('disk gone') });
const fields = {
  error: failure,
  activityType: 'notify',
  sdkComponent: 'worker',
  taskToken: 'x'.repeat(500),
};

test('for people a line is one line, with the error in words and without the stack', () => {
  const [line = ''] = lines({ level: 'info', format: 'text' }, (log) => {
    log.warn(fields, 'Activity\nfailed');
  });
  expect(line).toMatch(
    /^\d\d:\d\d:\d\d warn {2}Activity failed · error no such file: disk gone · activityType notify\n$/,
  );
});

test('as JSON a line is one document, without the stack too', () => {
  const [line = ''] = lines({ level: 'info', format: 'json' }, (log) => {
    log.error({ error: failure.stack, reference: 'ab12' }, 'notify failed');
  });
  expect(JSON.parse(line)).toMatchObject({
    level: 50,
    msg: 'notify failed',
    error: 'Error: no such file',
    reference: 'ab12',
  });
});

test('at debug the stack is there, in both', () => {
  for (const format of ['text', 'json'] as const) {
    const [line = ''] = lines({ level: 'debug', format }, (log) => {
      log.warn(fields, 'Activity failed');
    });
    expect(line).toContain('log.test.ts');
  }
});

test('a level below the wanted one is not written', () => {
  const written = lines({ level: 'warn', format: 'text' }, (log) => {
    log.info({}, 'nothing');
    log.fatal({ outage: 'no worker on io' }, 'nobody could be told');
  });
  expect(written).toEqual([
    expect.stringMatching(/fatal nobody could be told · outage no worker on io\n$/),
  ]);
});
