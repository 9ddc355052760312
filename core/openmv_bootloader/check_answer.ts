import { UnbrickError } from "../common/errors.ts";
import { text } from "../common/text.ts";
import type { StepContext } from "../plan/step_context.ts";
import type { DebugSession } from "../protocols/openmv_debug/client/debug_session.ts";
import {
  type CheckAnswer,
  checkScript,
  findAnswer,
} from "../protocols/openmv_debug/packets/check_script.ts";

/** A sensor may need seconds to start, and eleven pictures follow (openmv-runtime.md 1.3, 2.2). */
const ANSWER_MS = 15_000;
const LOOK_MS = 50;

/** How a program ends with an error; what was printed before it is not meant. */
const endOfProgram = /(\w+(?:Error|Exception)\b.{0,80}?)\s*\r?\n\s*MPY: soft reboot/;

/**
 * Starts the program that takes the pictures, and returns what it prints about them.
 * @throws UnbrickError `device-status` if it ends without an answer, `timeout`
 */
export async function awaitAnswer(
  context: StepContext,
  session: DebugSession,
): Promise<CheckAnswer> {
  const { clock, signal } = context;
  await session.preview();
  await session.start(checkScript);
  let output = "";
  for (const start = clock.now(), end = start + ANSWER_MS; clock.now() < end;) {
    output += await session.output();
    const answer = findAnswer(output);
    if (answer) return answer;
    const fault = endOfProgram.exec(output)?.[1];
    if (fault !== undefined) {
      const shown = fault.replaceAll(/[^\x20-\x7e]/g, "?").trim();
      throw new UnbrickError(
        "device-status",
        text`The program that takes the pictures ended with an error of the camera: ${shown}`,
        { fault: shown },
      );
    }
    context.progress(clock.now() - start, ANSWER_MS, "milliseconds");
    await clock.sleep(LOOK_MS, signal);
  }
  throw new UnbrickError("timeout", text`The camera does not answer on its serial port.`);
}
