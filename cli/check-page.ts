import { notesOf, type Checked } from '../app/check.js';
import { drawnBins } from '../app/check-page.js';
import type { CheckPage, PageFinding, PageLink, PagePicture } from '../app/check-page.js';
import { isOfLabels } from '../domain/check.js';
import { foldByCause } from '../domain/folding.js';
import type { Finding } from '../domain/finding.js';
import { isWhole } from '../domain/slice.js';
import { partWords, wholeSentence } from '../domain/naming.js';
import { adviceReasons } from './advice-reasons.js';
import { changedRows } from './changed.js';
import { titleOf, windowWords } from './check-title.js';
import { expectedLines } from './expected.js';
import { isShown, saidOf } from './findings.js';
import { linkWords } from './loop.js';
import { near } from './output.js';
import { limitsWords, valueWords } from './words.js';

/** All that a check found, as a page. */
export function pageOf(checked: Checked): CheckPage {
  const { monitor, findings, advice, mature, counts, evaluated } = checked;
  const [name = '', ...about] = titleOf(checked);
  const { ok, warn, alert, unknown } = counts;
  const { error } = evaluated.evaluation;
  const bad = foldByCause(findings.filter(isBad), (one) => one);
  const drawn = new Set<string>();
  /** Once for a column, at the first of its findings. */
  const pictureOf = (finding: Finding): PagePicture['picture'] => {
    const bins = drawn.has(finding.target) ? [] : drawnBins(checked, finding);
    drawn.add(finding.target);
    const title = isWhole(finding) ? finding.target : `${finding.target}, all rows`;
    return bins.length === 0 ? null : { title, bins };
  };
  return {
    title: name,
    about: [
      about.join(' · '),
      `Findings: ${alert} alert, ${warn} warn, ${ok} ok, ${unknown} unknown.`,
      ...(error === null ? [] : [`Not evaluated: ${near(error)}`]),
    ],
    advice: { action: advice.action, reasons: adviceReasons(advice) },
    bad: bad.map((one) => {
      const { cause } = one;
      return { ...findingOf(cause), sentence: saidOf(one), picture: pictureOf(cause) };
    }),
    loop: (error === null ? (checked.loop ?? []) : []).map(linkOf),
    changed: changedRows(checked.changed, monitor.windows.timezone),
    all: findings.map(findingOf),
    mature:
      mature === null || mature.isEmpty
        ? null
        : {
            title: `Newest window with mature labels: ${windowWords(monitor, mature.window)}`,
            findings: mature.findings.filter(isOfLabels).map(findingOf),
          },
    notes: [...expectedLines(findings), ...notesOf(checked).map(near)],
  };
}

const isBad = ({ verdict }: Finding): boolean => verdict === 'alert' || verdict === 'warn';

function findingOf(finding: Finding): PageFinding {
  const { check, target, verdict } = finding;
  const part = partWords(finding);
  const named = check === target ? [part] : [target, part];
  return {
    check,
    about: named.filter((text) => text !== '').join(', '),
    value: valueWords(finding),
    limits: limitsWords(finding),
    verdict: isShown(finding) ? null : verdict,
    sentence: wholeSentence(finding),
  };
}

function linkOf(link: NonNullable<Checked['loop']>[number]): PageLink {
  const { from, to, state, sentence, missing } = link;
  // an unknown link says itself what it takes
  const more = missing === null || sentence.includes(missing.text) ? '' : missing.text;
  return { from, to, state, ...linkWords(link), sentence, missing: more };
}
