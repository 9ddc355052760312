import { isKind, type UnbrickError } from "../../../common/errors.ts";

/** Returns the error of a request that the device refused, or undefined. */
export async function refusalOf(request: Promise<void>): Promise<UnbrickError | undefined> {
  try {
    await request;
  } catch (error) {
    if (isKind(error, "stalled")) return error;
    throw error;
  }
}
