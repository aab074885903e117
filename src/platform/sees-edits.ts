/**
 * Firefox (seen in 153) keeps a File's size and date from when they were first asked for, and reads whatever is on the disk. Nothing
 * but its name tells it from browsers that notice: others only claim to be like Gecko.
 */
export function seesEdits(userAgent = navigator.userAgent): boolean {
  return !/\bGecko\//.test(userAgent)
}
