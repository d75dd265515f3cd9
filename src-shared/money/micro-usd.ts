import { z } from 'zod';

/**
 * An amount of money as whole millionths of a US dollar. Integers, so that sums are exact and 5.00 is never 4.999; the largest is
 * above nine thousand million dollars.
 */
export const MicroUsd = z.int().nonnegative();
export type MicroUsd = z.infer<typeof MicroUsd>;

const perUsd = 1_000_000;
/** Amounts above it read as it: larger than every cap. */
const most = Number.MAX_SAFE_INTEGER;
/** The part of an amount that reckoning with floating-point numbers may add, and that must not push it over to the next millionth. */
const noise = 1e-14;

/** An amount of dollars in millionths, rounded up: a bound is never below what it bounds. @throws RangeError for what is no amount */
export function microUsd(usd: number): MicroUsd {
  if (!Number.isFinite(usd) || usd < 0) throw new RangeError(`${usd} is no amount of money.`);
  return Math.min(Math.ceil(usd * perUsd * (1 - noise)), most);
}

/**
 * A product of decimal numbers, divided by a whole one, as an amount of dollars in millionths, rounded up: exact, as a person would work
 * it out on paper, since each number stands for the decimal that it prints as. @throws RangeError for what is no amount
 */
export function productMicroUsd(factors: readonly number[], divisor = 1): MicroUsd {
  let [product, exponent] = [BigInt(perUsd), 0];
  for (const factor of factors) {
    if (!Number.isFinite(factor) || factor < 0) throw new RangeError(`${factor} is no amount of money.`);
    const [digits = '', power = '0'] = factor.toExponential().split('e');
    product *= BigInt(digits.replace('.', ''));
    exponent += Number(power) - (digits.split('.')[1]?.length ?? 0);
  }
  const above = product * 10n ** BigInt(Math.max(exponent, 0));
  const below = BigInt(divisor) * 10n ** BigInt(Math.max(-exponent, 0));
  const micros = (above + below - 1n) / below;
  return micros > most ? most : Number(micros);
}

/** The sum of amounts; one above the largest amount reads as that. */
export function sumMicroUsd(amounts: readonly MicroUsd[]): MicroUsd {
  return amounts.reduce((sum, amount) => Math.min(sum + amount, most), 0);
}

/** `$3.20`: rounded up to whole cents, so that nothing which costs reads as $0.00. */
export function usdText(micros: MicroUsd): string {
  const cents = Math.ceil(micros / 10_000);
  return `$${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

/** Dollars as a decimal text with all six places, for tables: `3.200000`. */
export function usdDecimal(micros: MicroUsd): string {
  return `${Math.floor(micros / perUsd)}.${String(micros % perUsd).padStart(6, '0')}`;
}
