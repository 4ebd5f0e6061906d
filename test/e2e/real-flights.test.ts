import { expect, test } from 'vitest';
import { root } from '../support/cli.js';
import { withLivePlace, withWorkerProcess } from '../support/e2e.js';
import { needsShared, sharedMissing } from '../support/shared-data.js';
import { withSmtp } from '../support/smtp.js';
import { temporalMissing } from '../support/temporal.js';

const DAY = 86_400_000;

/** Two months; with AFTERCARE_FULL=1 half a year. */
const isFull = process.env['AFTERCARE_FULL'] === '1';
const stretch = isFull
  ? { until: '2016-01-01', days: 183, rows: 50_008 }
  : { until: '2015-09-01', days: 61, rows: 17_318 };
const story =
  'months of flights, backfilled, lose no row and stay one drift that nobody is mailed of';

test.skipIf((temporalMissing() ?? sharedMissing) !== null)(
  needsShared(story),
  { timeout: 600_000 },
  () =>
    withSmtp({}, (smtp) => {
      const env = {
        AFTERCARE_CONFIG_DIR: 'test/real',
        AFTERCARE_SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
      };
      return withLivePlace({ env, cwd: root }, (place) =>
        withWorkerProcess(place, async () => {
          expect(await place.cli(['apply', '--select', 'flights'])).toMatchObject({ code: 0 });
          const backfill = ['backfill', 'flights', `2015-07-02..${stretch.until}`, '--watch'];
          expect(await place.cli(backfill)).toMatchObject({ code: 0 });

          const commits = await place.lake.revisionsOf('flights');
          const days = Array.from(
            { length: stretch.days },
            (_, i) => Date.UTC(2015, 6, 3) + i * DAY,
          );
          expect(commits.map(({ window }) => window.end)).toEqual(days);
          expect(commits.reduce((sum, { rows }) => sum + rows, 0)).toBe(stretch.rows);

          const three = await place.lake.readEvaluations(
            commits.slice(0, 3).map((one) => one.file),
          );
          const airline = three.map(({ findings }) =>
            findings.find(({ check, target }) => check === 'psi' && target === 'AIRLINE'),
          );
          expect(airline.map((one) => one?.verdict)).toEqual(['warn', 'warn', 'warn']);
          for (const one of airline) {
            expect(one?.sentence).toMatch(/US 6\.[78] % → 0 %/);
            expect(one?.sentence).toMatch(/AA 9\.2 % → 1\d(\.\d)? %/);
          }

          const past = (
            (await place.json(['alerts', 'list', '--all'])) as { past: { category: string }[] }
          ).past;
          expect(past.filter(({ category }) => category === 'drift')).toMatchObject([
            { model: 'flights', historic: true, number: 1, reopened: 0, to: null },
          ]);
          const { code, out } = await place.cli(['alerts', 'show', 'flights/drift']);
          expect(code).toBe(0);
          expect(out).toMatch(
            /flights\/drift {2}▲ warn {3}2015-07-0[345] 00:00 UTC → end of the backfill\n {3}AIRLINE drifted/,
          );
          // How it began is told with the numbers.
          expect(out.replace(/\s+/g, ' ')).toMatch(/US 6\.[78] % → 0 %/);
          expect(smtp.mails).toEqual([]);
          expect(await place.cli(['lake', 'verify'])).toMatchObject({ code: 0 });
        }),
      );
    }),
);
