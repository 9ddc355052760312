import type * as z from "../../../image/schema.ts";
import { badImage } from "../../../image/bad_image.ts";

/** Parses JSON and checks it against `schema`. @throws UnbrickError `bad-image` */
export function parseJson<T extends z.ZodMiniType>(
  text: string,
  path: string,
  schema: T,
): z.infer<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw badImage(path, `it is not JSON (${cause instanceof Error ? cause.message : cause})`);
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const { path: at, message } = result.error.issues[0];
  throw badImage(path, `${at.join(".") || "the file"}: ${message}`);
}
