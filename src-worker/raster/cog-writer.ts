export { CogWriter } from './cog/cog-writer.ts';
export type { CogSpec } from './cog/cog-writer.ts';
