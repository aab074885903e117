export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
  readonly n: number
}

export function spread(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((a, b) => a - b)
  const at = (index: number) => sorted[index] ?? Number.NaN
  const half = sorted.length / 2
  return {
    median: (at(Math.ceil(half) - 1) + at(Math.floor(half))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
    n: sorted.length,
  }
}

/** `median [min-max]`, or the only one. */
export function shown({ median, min, max, n }: Spread, digits: number): string {
  if (n === 0) return '–'
  const text = (number: number) => number.toFixed(digits)
  if (n === 1) return text(median)
  return `${text(median)} [${text(min)}-${text(max)}]`
}
