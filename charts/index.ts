/** The charts, each drawn the same for pages, reports and mails. */
export { distributionPicture, distributionSvg } from './histogram.js';
export { comparisonPage, type ReportColumn } from './report.js';
