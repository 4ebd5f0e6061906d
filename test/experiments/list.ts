import { ax1 } from './ax1.js';
import { ax2 } from './ax2.js';
import { ax3 } from './ax3.js';
import { ax4 } from './ax4.js';
import { ax5 } from './ax5.js';
import { ax6 } from './ax6.js';
import { ax7 } from './ax7.js';
import { ax8 } from './ax8.js';
import { ax10 } from './ax10.js';
import { ax10Scales } from './ax10-scales.js';
import { ax11 } from './ax11.js';
import { ax12 } from './ax12.js';
import { ax13 } from './ax13.js';
import { ax14 } from './ax14.js';
import { ax15 } from './ax15.js';
import { ax16 } from './ax16.js';
import { ax9 } from './ax9.js';
import type { Experiment } from './figures.js';

/** Every experiment, in the order of docs/measured.md. */
export const experiments: readonly Experiment[] = [
  ax1,
  ax2,
  ax3,
  ax4,
  ax5,
  ax6,
  ax7,
  ax8,
  ax9,
  ax10,
  ax10Scales,
  ax11,
  ax12,
  ax13,
  ax14,
  ax15,
  ax16,
];
