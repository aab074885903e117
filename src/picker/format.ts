const BYTES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']
const DURATIONS = [
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/** Numbers as people of a language write them. */
export interface Format {
  readonly count: (count: number) => string
  readonly percent: (share: number) => string
  /** Powers of 1,000, as file managers show them. */
  readonly bytes: (bytes: number) => string
  /** The largest unit that it fills, such as `5 min`. */
  readonly duration: (seconds: number) => string
}

/** @param language - A BCP 47 tag; one that is not is taken for English. */
export function createFormat(language: string): Format {
  const locale = isLanguage(language) ? language : 'en'
  const formats = new Map<string, Intl.NumberFormat>()

  /** To make a formatter costs far more than to use one. */
  function format(value: number, options: Intl.NumberFormatOptions): string {
    const name = JSON.stringify(options)
    const known = formats.get(name) ?? new Intl.NumberFormat(locale, options)
    formats.set(name, known)
    return known.format(value)
  }

  function unit(value: number, unit: string, maximumFractionDigits: number): string {
    return format(value, {
      style: 'unit',
      unit,
      unitDisplay: unit === 'byte' ? 'long' : 'short',
      maximumFractionDigits,
    })
  }

  return {
    count: (count) => format(count, {}),
    // 100% is for what is done.
    percent: (share) => format(Math.floor(share * 100) / 100, { style: 'percent' }),
    bytes(bytes) {
      // Rounded, it is still less than 1,000.
      const fits = BYTES.findIndex((_, power) => bytes < 999.95 * 1000 ** power)
      const power = fits < 0 ? BYTES.length - 1 : fits
      return unit(bytes / 1000 ** power, BYTES[power] ?? 'byte', 1)
    },
    duration(seconds) {
      const whole = Math.max(1, Math.ceil(seconds))
      const [name, size] = DURATIONS.find(([, size]) => whole >= size) ?? ['second', 1]
      return unit(Math.round(whole / size), name, 0)
    },
  }
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0
  } catch {
    return false
  }
}
