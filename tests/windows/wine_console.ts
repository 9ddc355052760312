import { converse, type Dialogue } from "../support/cli/conversation.ts";
import { environment, wineSystem } from "./chroot.ts";

/** Runs a program in Wine's console. @returns its exit code @throws AssertionError as `converse` */
export async function converseInWine(line: readonly string[], dialogue: Dialogue): Promise<number> {
  return await converse(wineSystem.entering(["wine", ...line]), environment, dialogue);
}
