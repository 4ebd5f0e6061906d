/** The charts, each drawn the same for pages, reports and mails. */
export { distributionPicture, distributionSvg } from './histogram.js';
export { comparisonPage, type ReportColumn } from './report.js';
export { checkPage } from './check-page.js';
export type { CheckPage, PageFinding, PageLink, PagePicture } from './check-page.js';
