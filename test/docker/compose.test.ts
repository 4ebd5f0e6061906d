import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { apiServer } from '../../api/server.js';
import { openApp } from '../../app/app.js';
import { buildProgram } from '../../cli/program.js';
import { readSettings } from '../../config/settings.js';
import { settingsTable } from '../../config/settings-table.js';
import { queues } from '../../domain/queues.js';
import pino from 'pino';

interface Service {
  profiles: string[];
  image: string;
  build?: string;
  command?: string[];
  entrypoint?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  restart?: string;
  stop_grace_period?: string;
}

const text = readFileSync('docker-compose.yml', 'utf8');
const compose = parse(text, { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);
const variables = new Set<string>(settingsTable.map(({ name }) => name));
const program = await buildProgram();

/** The command of one of our services as commander knows it. */
function commandOf(service: Service) {
  const [name = '', ...words] = service.command ?? [];
  return { name, words, known: program.commands.find((one) => one.name() === name) };
}

function after(words: readonly string[], flag: string): string | undefined {
  const at = words.indexOf(flag);
  return at === -1 ? undefined : words[at + 1];
}

describe('docker-compose.yml', () => {
  test('has services of ours and of others in each profile, and each in one', () => {
    const profiles = services.map(([, service]) => service.profiles);
    expect(profiles.every((names) => names.length === 1)).toBe(true);
    expect(new Set(profiles.flat())).toEqual(new Set(['prod', 'dev']));
    const names = ours.map(
      ([
        name,
        {
          profiles: [profile],
        },
      ]) => `${profile ?? ''}/${name}`,
    );
    expect(names).toEqual(['prod/init', 'prod/worker', 'prod/serve', 'dev/up']);
  });

  test.each(ours)('%s is given only variables that Aftercare reads', (_name, service) => {
    const given = Object.keys(service.environment ?? {});
    expect(given.length).toBeGreaterThan(0);
    expect(given.filter((name) => !variables.has(name))).toEqual([]);
  });

  test('takes over only variables that Aftercare reads, and the password of Postgres', () => {
    const taken = [...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name ?? '');
    const others = new Set(taken.filter((name) => !variables.has(name)));
    expect([...others]).toEqual(['POSTGRES_PASSWORD']);
  });

  test.each(ours)('%s starts with settings that are right, as nothing is set', (_name, service) => {
    const environment = Object.entries(service.environment ?? {}).map(([name, value]) => [
      name,
      value.replace(/^\$\{\w+:-(.*)\}$/, '$1'),
    ]);
    const settings = readSettings(Object.fromEntries(environment) as Record<string, string>);
    expect(settings.lake).toBe('/data/lake');
    expect(settings.temporal.address).toMatch(/^temporal(-dev)?:7233$/);
    const [host] = settings.temporal.address?.split(':') ?? [];
    expect(Object.keys(compose.services)).toContain(host);
  });

  test.each(ours)('%s runs a command that there is, with flags that it takes', (_name, service) => {
    const { known, words } = commandOf(service);
    expect(known).toBeDefined();
    const flags = known?.options.map(({ long }) => long);
    for (const word of words.filter((one) => one.startsWith('--'))) expect(flags).toContain(word);
    for (const queue of after(words, '--queues')?.split(',') ?? []) expect(queues).toContain(queue);
  });

  test('works on every queue in the production profile', () => {
    const served = ours
      .filter(([, { profiles }]) => profiles.includes('prod'))
      .flatMap(([, { command }]) => after(command ?? [], '--queues')?.split(',') ?? []);
    expect(new Set(served)).toEqual(new Set(queues));
  });

  test.each(services)('%s has a pinned image', (_name, { image }) => {
    expect(image).toMatch(/^[a-z0-9/.-]+:\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
  });

  test('names the version of Aftercare that it builds', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    for (const [, { image }] of ours) expect(image).toBe(`aftercare:${version}`);
  });

  test.each(services)('%s publishes ports on this machine only', (_name, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  test('gives no port of the host away twice within a profile', () => {
    for (const profile of ['prod', 'dev']) {
      const published = services
        .filter(([, { profiles }]) => profiles.includes(profile))
        .flatMap(([, { ports = [] }]) => ports.map((port) => port.split(':')[1]));
      expect(new Set(published).size).toBe(published.length);
    }
  });

  test.each(ours)('%s publishes the port that its command listens on', (_name, service) => {
    const { words } = commandOf(service);
    const listens = [after(words, '--port'), after(words, '--metrics-port')].filter(Boolean);
    const inside = (service.ports ?? []).map((port) => port.split(':')[2]);
    expect(inside).toEqual(listens);
    if (after(words, '--port') !== undefined) expect(after(words, '--host')).toBe('0.0.0.0');
  });

  test('asks for health at ports and paths that answer', () => {
    const settings = readSettings({ AFTERCARE_LAKE: '.aftercare/none' });
    const api = apiServer(openApp(settings, pino({ level: 'silent' })));
    const checked = ours.filter(([, { healthcheck }]) => healthcheck !== undefined);
    expect(checked.map(([name]) => name)).toEqual(['worker', 'serve', 'up']);
    for (const [name, service] of checked) {
      const asked = /http:\/\/127\.0\.0\.1:(\d+)(\/\w+)/.exec(
        service.healthcheck?.test.join(' ') ?? '',
      );
      const { words } = commandOf(service);
      const flag = name === 'worker' ? '--metrics-port' : '--port';
      expect(asked?.[1], name).toBe(after(words, flag));
      const isServed = api.hasRoute({ method: 'GET', url: asked?.[2] ?? '' });
      if (flag === '--port') expect(isServed, name).toBe(true);
      else expect(asked?.[2]).toBe('/metrics');
    }
  });

  test('checks the health of everything that stays', () => {
    for (const [name, service] of services) {
      const stays = service.restart === 'unless-stopped';
      expect(service.healthcheck !== undefined, name).toBe(stays);
    }
  });

  test('waits only for services of its profile, and for what they can tell', () => {
    for (const [name, service] of services) {
      for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
        const awaited = compose.services[other];
        expect(awaited?.profiles, `${name} → ${other}`).toEqual(service.profiles);
        if (condition === 'service_healthy') expect(awaited?.healthcheck, other).toBeDefined();
        else expect(awaited?.restart, other).toMatch(/^on-failure/);
      }
    }
  });

  test('gives workers longer to stop than they give their activities', () => {
    const source = readFileSync('workers/run.ts', 'utf8');
    const forced = Number(/shutdownForceTime: '(\d+)s'/.exec(source)?.[1]);
    expect(forced).toBeGreaterThan(0);
    for (const [name, service] of ours.filter(([, { restart }]) => restart === 'unless-stopped')) {
      expect(parseInt(service.stop_grace_period ?? '0', 10), name).toBeGreaterThan(forced);
    }
  });

  test('mounts files that there are, volumes that are declared, and the folders of the user', () => {
    for (const [name, { volumes = [] }] of services) {
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        if (['./monitors', './data'].includes(source)) continue;
        if (source.startsWith('.')) expect(existsSync(source), `${name}: ${source}`).toBe(true);
        else expect(Object.keys(compose.volumes), name).toContain(source);
      }
    }
  });

  test('runs scripts that a shell can read, at the place where they are mounted', () => {
    const scripted = services.filter(([, { entrypoint }]) => entrypoint !== undefined);
    expect(scripted).toHaveLength(2);
    for (const [name, { entrypoint = [], volumes = [], environment = {} }] of scripted) {
      const [, script = ''] = entrypoint;
      const mount = volumes.find((volume) => volume.split(':')[1] === script);
      const [file = ''] = mount?.split(':') ?? [];
      execFileSync('sh', ['-n', file]);
      const used = [...readFileSync(file, 'utf8').matchAll(/\$\{?([A-Z_]+)/g)].map(
        ([, one]) => one,
      );
      expect(used.length, name).toBeGreaterThan(0);
      for (const variable of used) expect(Object.keys(environment), name).toContain(variable);
    }
  });
});

describe('the Dockerfile', () => {
  const dockerfile = readFileSync('Dockerfile', 'utf8');
  const lines = dockerfile.split('\n').filter((line) => !line.startsWith('#'));
  const stages = dockerfile.split(/^FROM /m).slice(1);
  const last = stages.at(-1) ?? '';
  const { bin, engines } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    bin: { aftercare: string };
    engines: { node: string };
  };

  test('starts from pinned slim images of a Node that Aftercare runs on', () => {
    for (const stage of stages) expect(stage).toMatch(/^node:\d+\.\d+\.\d+-bookworm-slim\b/);
    const [, major = 0, minor = 0] = /^node:(\d+)\.(\d+)/.exec(last)?.map(Number) ?? [];
    const [, least = 0, leastMinor = 0] = />=(\d+)\.(\d+)/.exec(engines.node)?.map(Number) ?? [];
    expect(major * 1000 + minor).toBeGreaterThanOrEqual(least * 1000 + leastMinor);
  });

  test('runs the command line of the package, and not as root', () => {
    expect(last).toContain(`ENTRYPOINT ["node", "/app/${bin.aftercare}"]`);
    expect(last.lastIndexOf('USER node')).toBeGreaterThan(last.lastIndexOf('RUN '));
  });

  test('sets only variables that Aftercare reads', () => {
    const set = [...dockerfile.matchAll(/\b(AFTERCARE_\w+|TEMPORAL_\w+)=/g)].map(
      ([, name]) => name,
    );
    expect(set.length).toBeGreaterThan(0);
    expect(set.filter((name) => !variables.has(name ?? ''))).toEqual([]);
  });

  test('prepares the folders that the volumes are mounted at, for its user', () => {
    const made = /install --directory --owner=node --group=node (.*)$/m.exec(last)?.[1]?.split(' ');
    for (const [, { volumes = [] }] of ours) {
      for (const [, folder = ''] of volumes.map((volume) => volume.split(':'))) {
        expect(
          made?.some((one) => folder === one || folder.startsWith(`${one}/`)),
          folder,
        ).toBe(true);
      }
    }
  });

  test('copies what there is, and nothing that is kept out of the build', () => {
    const ignored = readFileSync('.dockerignore', 'utf8').split('\n').filter(Boolean);
    const copies = lines.filter((line) => line.startsWith('COPY '));
    for (const line of copies) {
      const words = line.split(' ').slice(1);
      const sources = words.filter((word) => !word.startsWith('--')).slice(0, -1);
      for (const source of sources) {
        const path = source.replace('/app/', '');
        const isMade = ['dist', 'node_modules'].includes(path);
        if (line.includes('--from=build') && isMade) continue;
        expect(existsSync(path), line).toBe(true);
        expect(ignored, line).not.toContain(path.split('/')[0]);
      }
    }
  });

  test('keeps out of the build what the compiler leaves out, and takes in what it compiles', () => {
    const { exclude } = JSON.parse(readFileSync('tsconfig.build.json', 'utf8')) as {
      exclude: string[];
    };
    const ignored = readFileSync('.dockerignore', 'utf8').split('\n').filter(Boolean);
    const folders = ignored.filter((name) => existsSync(name) && statSync(name).isDirectory());
    const compiled = folders.filter(
      (name) => !exclude.includes(name) && !['docs', 'coverage', 'out'].includes(name),
    );
    expect(compiled.filter((name) => !name.startsWith('.'))).toEqual([]);
  });

  test('takes along every folder that is read at run time', () => {
    const files = (JSON.parse(readFileSync('package.json', 'utf8')) as { files: string[] }).files;
    for (const file of [...files, 'charts/fonts']) {
      expect(last, file).toContain(`/app/${file} `);
    }
  });
});
