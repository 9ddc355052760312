/**
 * Returns an environment variable; undefined if it is not set or is not text (Linux allows any
 * bytes).
 */
export function environmentValue(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined;
  }
}
