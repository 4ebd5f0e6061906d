import { Command } from 'commander';
import { programVersion } from '../app/package-root.js';

/** The command that all others hang below; wrong usage ends with 2. */
export function rootCommand(): Command {
  return new Command('aftercare')
    .description('Watches models in production: should we retrain, and if not, what is wrong?')
    .version(programVersion())
    .showHelpAfterError('(add --help for what it takes)')
    .configureHelp({ helpWidth: 80, minWidthToWrap: 20 })
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    });
}
