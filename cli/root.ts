import { Command, Option } from 'commander';
import { programVersion } from '../app/package-root.js';

/** What commands take behind their name may stand before it, too, where nobody looks for it. */
const PLAIN = [
  '--config-dir <dir>',
  '--json',
  '--no-color',
  '-q, --quiet',
  '-v, --verbose',
  '--as <person>',
].map((flags) => new Option(flags));
const OUTPUT = new Option('-o, --output <format>').choices(['table', 'json']);

/** The command that all others hang below; wrong usage ends with 2. */
export function rootCommand(): Command {
  const root = new Command('aftercare')
    .description('Watches models in production: should we retrain, and if not, what is wrong?')
    .version(programVersion())
    .showHelpAfterError('(add --help for what it takes)')
    .configureHelp({ helpWidth: 80, minWidthToWrap: 20 })
    .addHelpText(
      'after',
      '\nAll take --config-dir, --json, -q and -v; see "aftercare <command> --help".',
    )
    .enablePositionalOptions()
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    });
  for (const option of [...PLAIN, OUTPUT]) root.addOption(option.hideHelp());
  return root;
}
