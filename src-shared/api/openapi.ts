import { z } from 'zod';
import { ErrorAnswer, apiVersion, contract } from './contract.ts';

const toSchema = (schema: z.ZodType, io: 'input' | 'output') => z.toJSONSchema(schema, { io, unrepresentable: 'any' });

/** The OpenAPI 3.1 document of the contract. */
export function openApiDocument(version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [operationId, route] of Object.entries(contract)) {
    const parameters = [
      ...('params' in route ? asParameters(route.params, 'path') : []),
      ...('query' in route ? asParameters(route.query, 'query') : []),
    ];
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = {
      operationId,
      summary: route.summary,
      ...(parameters.length > 0 && { parameters }),
      ...('body' in route && {
        requestBody: { required: true, content: { 'application/json': { schema: toSchema(route.body, 'input') } } },
      }),
      responses: {
        200: { description: route.summary, content: answerContent(route.answer) },
        default: {
          description: 'An error',
          content: { 'application/json': { schema: toSchema(ErrorAnswer, 'output') } },
        },
      },
      security: [{ [route.scope]: [] }],
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Transect engine', version, description: `API version ${apiVersion}, over a local socket` },
    paths,
    components: {
      securitySchemes: {
        agent: { type: 'http', scheme: 'bearer', description: 'May read, validate and propose' },
        owner: { type: 'http', scheme: 'bearer', description: 'May also approve' },
        shell: { type: 'http', scheme: 'bearer', description: 'The desktop shell itself, not a page in its window' },
      },
    },
  };
}

function asParameters(schema: z.ZodObject, place: 'path' | 'query'): Record<string, unknown>[] {
  return Object.entries(schema.shape).map(([name, field]) => ({
    name,
    in: place,
    required: place === 'path',
    schema: toSchema(field as z.ZodType, 'input'),
  }));
}

function answerContent(answer: (typeof contract)[keyof typeof contract]['answer']): Record<string, unknown> {
  if (answer.kind === 'text') return { 'text/plain': { schema: { type: 'string' } } };
  const mediaType = answer.kind === 'json' ? 'application/json' : 'application/x-ndjson';
  return { [mediaType]: { schema: toSchema(answer.schema, 'output') } };
}
