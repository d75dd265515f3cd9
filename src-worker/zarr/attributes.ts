export type Attributes = Readonly<Record<string, unknown>>;

/** An attribute as text: of a number its digits, empty when it is neither text nor number. */
export function textOf(attributes: Attributes, key: string): string {
  const value = attributes[key];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
