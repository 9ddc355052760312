/** An environment variable; undefined if it is not set, or is no text (on Linux a name may be any bytes). */
export function environmentValue(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined;
  }
}
