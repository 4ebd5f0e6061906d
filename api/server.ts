import Fastify, { type FastifyInstance } from 'fastify';
import type { App } from '../app/app.js';
import { receiveCallback } from '../app/callbacks.js';
import { metricsText } from '../app/metrics.js';
import { readiness } from '../app/doctor.js';

const MOST_BODY_BYTES = 64 * 1024;

/**
 * What `serve` answers over HTTP: liveness, readiness, metrics, and the address where trainers
 * report. Errors are RFC 9457 problems.
 */
export function apiServer(app: App): FastifyInstance {
  const server = Fastify({ bodyLimit: MOST_BODY_BYTES, logger: false });
  // The signature covers the bytes as they came.
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, done) =>
    done(null, body),
  );
  server.setErrorHandler((error: { statusCode?: number; message: string }, _, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) app.log.error({ error: error.message }, 'request failed');
    const title = status >= 500 ? 'Something failed here; the log says what.' : error.message;
    return reply.code(status).type('application/problem+json').send({ title, status });
  });
  server.setNotFoundHandler((request, reply) => {
    const title = `${request.method} ${request.url.split('?')[0] ?? ''} is not here`;
    return reply.code(404).type('application/problem+json').send({ title, status: 404 });
  });
  server.get('/healthz', () => ({ status: 'ok' }));
  server.get('/readyz', async (_, reply) => {
    const faults = await readiness(app);
    return reply.code(faults.length === 0 ? 200 : 503).send({
      status: faults.length === 0 ? 'ready' : 'not ready',
      faults,
    });
  });
  server.get('/metrics', async (_, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metricsText(app)),
  );
  server.post<{ Params: { key: string } }>(
    '/api/v1/hooks/retrainings/:key',
    async (request, reply) => {
      const answer = await receiveCallback(app, {
        key: request.params.key,
        body: request.body as Buffer,
        headers: request.headers,
      });
      return reply
        .code(answer.status)
        .type('application/problem+json')
        .send({ title: answer.title, status: answer.status });
    },
  );
  return server;
}
