import { randomBytes, timingSafeEqual } from 'node:crypto';

/** 32 random bytes as text: what only this window's page knows, or a nonce. */
export function makeSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Compares in a time that says nothing about where two secrets differ. */
export function isSecret(given: string | null, secret: string): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}
